using ConvNN.Data.Files;
using ConvNN.Data.Idx;
using ConvNN.Data.Tests.Idx;
using ConvNN.Model;

namespace ConvNN.Data.Tests;

public class ImageDatasetTests
{
    private static readonly byte[] Pixels = IdxBytes.Pixels(3 * 2 * 4);
    private static readonly IdxArray Images = new("images", Pixels, [3, 2, 4]);
    private static readonly IdxArray Labels = new("labels", [1, 0, 4], [3]);
    private static readonly ImageDataset Dataset = new("test", "train", Images, Labels, classes: 5);

    [Fact]
    public void ImageAndLabel_EachIndex_AreThoseOfTheFiles()
    {
        Assert.Equal((3, 5, Shape.Image(1, 2, 4)), (Dataset.Count, Dataset.Classes, Dataset.Shape));
        Assert.Equal(Pixels[8..16], Dataset.Image(1).ToArray());
        Assert.Equal(Pixels[16..24], Dataset.Image(2).ToArray());
        Assert.Equal([1, 0, 4], Enumerable.Range(0, 3).Select(Dataset.Label));
        Assert.Equal((Images.Sha256, Labels.Sha256), (Dataset.ImagesSha256, Dataset.LabelsSha256));
    }

    [Fact]
    public void Shape_FourDimensions_HasChannels() => Assert.Equal(
        Shape.Image(2, 2, 2),
        new ImageDataset("test", "train", new IdxArray("images", Pixels, [3, 2, 2, 2]), Labels, classes: 5).Shape);

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void ImageAndLabel_IndexBeyondTheTaken_Throws(int index)
    {
        ImageDataset two = Dataset.Take(2);

        Assert.Throws<ArgumentOutOfRangeException>(() => two.Image(index).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => two.Label(index));
    }

    [Fact]
    public void Take_FewerImages_KeepsTheFirstAndTheRest()
    {
        ImageDataset two = Dataset.Take(2);

        Assert.Equal((2, 5, Dataset.Shape, Images.Sha256), (two.Count, two.Classes, two.Shape, two.ImagesSha256));
        Assert.Equal(("test", "train"), (two.Name, two.Part));
        Assert.Equal(Pixels[8..16], two.Image(1).ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void Take_NoneOrTooMany_Throws(int count) => Assert.Throws<ArgumentOutOfRangeException>(() => Dataset.Take(count));

    [Fact]
    public void Constructor_CountsThatDiffer_NamesBoth()
    {
        DatasetException e = Assert.Throws<DatasetException>(
            () => new ImageDataset("test", "train", Images, new IdxArray("labels", [1, 0], [2]), classes: 5));

        Assert.StartsWith("labels: 2 labels found, expected 3, one for each image of images;", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_LabelOutsideTheClasses_NamesIndexAndValue()
    {
        DatasetException e = Assert.Throws<DatasetException>(() => new ImageDataset("test", "train", Images, Labels, classes: 4));

        Assert.StartsWith("labels: label 2 is 4, expected 0 to 3;", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_AllByteValuesAsClasses_IsAccepted() =>
        Assert.Equal(255, new ImageDataset("test", "train", Images, new IdxArray("labels", [1, 255, 4], [3]), classes: 256).Label(1));

    [Fact]
    public void Constructor_ArgumentsThatAreNoDataset_Throws()
    {
        Assert.Throws<ArgumentException>(() => new ImageDataset("test", "train", Labels, Labels, classes: 5));
        Assert.Throws<ArgumentException>(() => new ImageDataset("test", "train", Images, Images, classes: 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageDataset("test", "train", Images, Labels, classes: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageDataset("test", "train", Images, Labels, classes: 257));
    }
}
