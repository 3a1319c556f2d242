using ConvNN.Model;

namespace ConvNN.Pictures.Tests;

public class PreparationTests
{
    private static readonly Shape Digit = Shape.Image(1, 28, 28);

    [Fact]
    public void Of_PictureThatFits_IsLeftAsItIs()
    {
        Picture image = Drawing(28, 28, ink: 255, paper: 0);

        PreparedPicture fit = Preparations.Mnist.Prepare(image, Digit);

        Assert.Equal(image.Values, fit.Values);
        Assert.Empty(fit.Changes);
    }

    [Fact]
    public void Of_LightBorder_IsInverted()
    {
        PreparedPicture fit = Preparations.Mnist.Prepare(Drawing(28, 28, ink: 0, paper: 255), Digit);

        Assert.Equal(Drawing(28, 28, ink: 255, paper: 0).Values, fit.Values);
        Assert.Equal(["inverted, since its border is light"], fit.Changes);
    }

    [Theory]
    [InlineData(280, 140)]
    [InlineData(60, 90)]
    [InlineData(11, 9)]
    public void Of_AnotherSize_IsScaledAndCentred(int width, int height)
    {
        PreparedPicture fit = Preparations.Mnist.Prepare(Drawing(width, height, ink: 255, paper: 0), Digit);

        double mass = fit.Values.Sum(value => (double)value);
        double x = fit.Values.Select((value, i) => value * ((i % 28) + 0.5)).Sum() / mass;
        double y = fit.Values.Select((value, i) => value * ((i / 28) + 0.5)).Sum() / mass;
        int[] rows = [.. Enumerable.Range(0, 28).Where(row => fit.Values.AsSpan(row * 28, 28).ContainsAnyExcept((byte)0))];
        int[] columns = [.. Enumerable.Range(0, 28).Where(column => Enumerable.Range(0, 28).Any(row => fit.Values[(row * 28) + column] > 0))];
        Assert.Equal([FormattableString.Invariant($"scaled from {width}×{height} and centred")], fit.Changes);
        Assert.InRange(x, 13.5, 14.5);
        Assert.InRange(y, 13.5, 14.5);
        Assert.InRange(Math.Max(rows[^1] - rows[0], columns[^1] - columns[0]) + 1, 19, 24);
    }

    [Fact]
    public void Of_Colours_AreTurnedToGreyOrKept()
    {
        Picture red = new(2, 2, 3, [255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

        Assert.Equal([76, 0, 0, 0], Preparations.Mnist.Prepare(red, Shape.Image(1, 2, 2)).Values);
        Assert.Equal(["converted to grey"], Preparations.Mnist.Prepare(red, Shape.Image(1, 2, 2)).Changes);
        Assert.Equal([255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], Preparations.Mnist.Prepare(red, Shape.Image(3, 2, 2)).Values);
        Assert.Equal([7, 0, 7, 0, 7, 0], Preparations.Mnist.Prepare(new Picture(2, 1, 1, [7, 0]), Shape.Image(3, 1, 2)).Values);
    }

    [Fact]
    public void Resize_PictureOfAnotherSize_IsNeitherCentredNorInverted()
    {
        Picture drawing = Drawing(56, 56, ink: 0, paper: 250);

        PreparedPicture picture = Preparations.Resize.Prepare(drawing, Digit);

        Assert.Equal(AreaResize.Of(drawing, 28, 28).Values, picture.Values);
        Assert.Equal(["resized from 56×56"], picture.Changes);
    }

    /// <summary>Of four columns the middle two remain, or all of them with a black row above and below.</summary>
    [Fact]
    public void CropAndPad_WidePicture_KeepTheAspectRatio()
    {
        Picture wide = new(4, 2, 1, [10, 20, 30, 40, 50, 60, 70, 80]);

        PreparedPicture cropped = Preparations.Crop.Prepare(wide, Shape.Image(1, 2, 2)), padded = Preparations.Pad.Prepare(wide, Shape.Image(1, 4, 4));

        Assert.Equal([20, 30, 60, 70], cropped.Values);
        Assert.Equal(["cut from 4×2 to the middle 2×2"], cropped.Changes);
        Assert.Equal([0, 0, 0, 0, 10, 20, 30, 40, 50, 60, 70, 80, 0, 0, 0, 0], padded.Values);
        Assert.Equal(["padded with black to 4×4"], padded.Changes);
    }

    /// <summary>A tall picture in colour, and inputs that are not square.</summary>
    [Fact]
    public void CropAndPad_TallPicture_AreResizedByArea()
    {
        Picture tall = new(2, 6, 3, [.. Enumerable.Range(0, 36).Select(i => (byte)(7 * i))]);
        Picture middle = new(2, 4, 3, tall.Values[6..30]);

        Picture cropped = Preparations.Crop.Fit(tall, 1, 2), padded = Preparations.Pad.Fit(tall, 3, 3);

        Assert.Equal(AreaResize.Of(middle, 1, 2).Values, cropped.Values);
        byte[] column = AreaResize.Of(tall, 1, 3).Values;
        Assert.Equal([.. Enumerable.Range(0, 3).SelectMany(row => (byte[])[0, 0, 0, .. column[(3 * row)..(3 * (row + 1))], 0, 0, 0])], padded.Values);
    }

    /// <summary>However thin a picture is, something of it remains.</summary>
    [Theory]
    [InlineData(1, 1000)]
    [InlineData(1000, 1)]
    [InlineData(1, 1)]
    public void CropAndPad_ThinPicture_IsNotEmpty(int width, int height)
    {
        Picture white = new(width, height, 1, [.. Enumerable.Repeat((byte)255, width * height)]);

        Assert.All(Preparations.Crop.Fit(white, 8, 8).Values, value => Assert.Equal(255, value));
        Assert.Contains((byte)255, Preparations.Pad.Fit(white, 8, 8).Values);
    }

    [Fact]
    public void Find_Names_AreThoseOfTheConfiguration()
    {
        Assert.Equal(["mnist", "resize", "crop", "pad"], Preparations.All.Select(preparation => preparation.Name));
        Assert.Same(Preparations.Mnist, Preparations.Find("mnist"));
        Assert.Null(Preparations.Find("auto"));
    }

    [Fact]
    public void Resize_NineToTwo_TakesThePartsOfPixelsThatItCovers()
    {
        Picture image = new(3, 1, 1, [0, 100, 200]);

        Assert.Equal([33, 167], AreaResize.Of(image, 2, 1).Values);
        Assert.Equal([0, 0, 100, 100, 200, 200], AreaResize.Of(image, 6, 1).Values);
        Assert.Same(image, AreaResize.Of(image, 3, 1));
    }

    [Fact]
    public void Of_NothingDrawn_IsBackground() =>
        Assert.All(Preparations.Mnist.Prepare(new Picture(50, 40, 1, new byte[2000]), Digit).Values, value => Assert.Equal(0, value));

    /// <summary>A rectangle off the middle: 40 % of the width, 50 % of the height.</summary>
    private static Picture Drawing(int width, int height, byte ink, byte paper) => new(width, height, 1, [.. Enumerable.Range(0, width * height).Select(i =>
    {
        (int y, int x) = Math.DivRem(i, width);
        return x >= width / 5 && x < width * 3 / 5 && y >= height / 4 && y < height * 3 / 4 ? ink : paper;
    })]);
}
