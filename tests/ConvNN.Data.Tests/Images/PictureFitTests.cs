using ConvNN.Data.Images;
using ConvNN.Model;

namespace ConvNN.Data.Tests.Images;

public class PictureFitTests
{
    private static readonly Shape Digit = Shape.Image(1, 28, 28);

    [Fact]
    public void Of_PictureThatFits_IsLeftAsItIs()
    {
        PngImage image = Drawing(28, 28, ink: 255, paper: 0);

        PictureFit fit = PictureFit.Of(image, Digit);

        Assert.Equal(image.Values, fit.Values);
        Assert.Empty(fit.Changes);
    }

    [Fact]
    public void Of_LightBorder_IsInverted()
    {
        PictureFit fit = PictureFit.Of(Drawing(28, 28, ink: 0, paper: 255), Digit);

        Assert.Equal(Drawing(28, 28, ink: 255, paper: 0).Values, fit.Values);
        Assert.Equal(["inverted, since its border is light"], fit.Changes);
    }

    [Theory]
    [InlineData(280, 140)]
    [InlineData(60, 90)]
    [InlineData(11, 9)]
    public void Of_AnotherSize_IsScaledAndCentred(int width, int height)
    {
        PictureFit fit = PictureFit.Of(Drawing(width, height, ink: 255, paper: 0), Digit);

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
        PngImage red = new(2, 2, 3, [255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

        Assert.Equal([76, 0, 0, 0], PictureFit.Of(red, Shape.Image(1, 2, 2)).Values);
        Assert.Equal(["converted to grey"], PictureFit.Of(red, Shape.Image(1, 2, 2)).Changes);
        Assert.Equal([255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], PictureFit.Of(red, Shape.Image(3, 2, 2)).Values);
        Assert.Equal([7, 0, 7, 0, 7, 0], PictureFit.Of(new PngImage(2, 1, 1, [7, 0]), Shape.Image(3, 1, 2)).Values);
    }

    [Fact]
    public void Of_NothingDrawn_IsBackground() =>
        Assert.All(PictureFit.Of(new PngImage(50, 40, 1, new byte[2000]), Digit).Values, value => Assert.Equal(0, value));

    /// <summary>A rectangle off the middle: 40 % of the width, 50 % of the height.</summary>
    private static PngImage Drawing(int width, int height, byte ink, byte paper) => new(width, height, 1, [.. Enumerable.Range(0, width * height).Select(i =>
    {
        (int y, int x) = Math.DivRem(i, width);
        return x >= width / 5 && x < width * 3 / 5 && y >= height / 4 && y < height * 3 / 4 ? ink : paper;
    })]);
}
