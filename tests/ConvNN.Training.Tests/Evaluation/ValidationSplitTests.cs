using ConvNN.Data;
using ConvNN.Data.Idx;
using ConvNN.Training.Evaluation;

namespace ConvNN.Training.Tests.Evaluation;

public class ValidationSplitTests
{
    [Theory]
    [InlineData(null, 100, 0)]
    [InlineData(0.1, 100, 10)]
    [InlineData(0.125, 100, 13)]
    [InlineData(7.0, 100, 7)]
    [InlineData(99.0, 100, 99)]
    [InlineData(100.0, 100, null)]
    [InlineData(0.001, 100, null)]
    [InlineData(0.999, 100, null)]
    [InlineData(2.5, 100, null)]
    public void Count_ShareOrNumber_LeavesSomeToTrainWith(double? amount, int available, int? expected) =>
        Assert.Equal(expected, ValidationSplit.Count(amount, available));

    [Fact]
    public void Split_TwoParts_HaveEachImageOnceInItsOrder()
    {
        ImageDataset data = Images(50);

        (ImageDataset train, ImageDataset validation) = ValidationSplit.Split(data, 12, seed: 3);

        Assert.Equal((38, 12, "train", "validation"), (train.Count, validation.Count, train.Part, validation.Part));
        Assert.Equal(Enumerable.Range(0, 50), Pixels(train).Concat(Pixels(validation)).Order());
        Assert.Equal(Pixels(train).Order(), Pixels(train));
        Assert.All(Enumerable.Range(0, 12), i => Assert.Equal(Pixels(validation)[i] % 10, validation.Label(i)));
        Assert.Equal(data.ImagesSha256, validation.ImagesSha256);
    }

    [Fact]
    public void Split_Seed_DecidesWhichImages()
    {
        ImageDataset data = Images(50);

        Assert.Equal(Pixels(ValidationSplit.Split(data, 10, seed: 1).Validation), Pixels(ValidationSplit.Split(data, 10, seed: 1).Validation));
        Assert.NotEqual(Pixels(ValidationSplit.Split(data, 10, seed: 1).Validation), Pixels(ValidationSplit.Split(data, 10, seed: 2).Validation));
    }

    [Fact]
    public void Select_OfASelection_CountsWithinIt()
    {
        ImageDataset odd = Images(20).Select([1, 3, 5, 7, 9], "train");

        Assert.Equal([3, 9], Pixels(odd.Select([4, 1], "train")));
        Assert.Equal([1, 3], Pixels(odd.Take(2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => odd.Select([5], "train"));
        Assert.Throws<ArgumentOutOfRangeException>(() => odd.Select([], "train"));
    }

    private static int[] Pixels(ImageDataset data) => [.. Enumerable.Range(0, data.Count).Select(i => (int)data.Image(i)[0])];

    /// <summary>Images of one pixel, which is their number; the label is its last digit.</summary>
    private static ImageDataset Images(int count) => new(
        "numbers",
        "train",
        new IdxArray("images", [.. Enumerable.Range(0, count).Select(i => (byte)i)], [count, 1, 1]),
        new IdxArray("labels", [.. Enumerable.Range(0, count).Select(i => (byte)(i % 10))], [count]),
        classes: 10);
}
