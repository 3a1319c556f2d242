using ConvNN.Kernels;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Pictures.Tests;

public class NormalizationTests
{
    private static readonly Normalization Two = Normalization.Standard([0.25f, 0.1307f], [0.5f, 0.3081f]);

    [Fact]
    public void Apply_Standard_ShiftsAndDividesEachChannel()
    {
        float[] image = [0.75f, 0.25f, 0.1307f, 1f];

        Two.Apply(image, KernelSet.For(KernelTier.Reference).Elementwise);

        Assert.Equal([1f, 0f, 0f, (1f - 0.1307f) / 0.3081f], image);
    }

    [Fact]
    public void Apply_Unit_ChangesNothing()
    {
        float[] image = [0f, 0.5f, 1f];

        Normalization.Unit.Apply(image, KernelSet.For(KernelTier.Reference).Elementwise);

        Assert.Equal([0f, 0.5f, 1f], image);
    }

    /// <summary>A model file must give back the same floats.</summary>
    [Fact]
    public void Parse_ItsText_GivesTheSameNumbers()
    {
        Normalization exact = Normalization.Standard([1f / 3f, float.Epsilon], [MathF.PI, 1e-30f]);

        Assert.Equal("(pixel / 255 - [0.25, 0.1307]) / [0.5, 0.3081]", Two.ToString());
        Assert.Equal("pixel / 255", Normalization.Unit.ToString());
        Assert.Same(Normalization.Unit, Normalization.Parse("pixel / 255"));
        Normalization read = Normalization.Parse(exact.ToString())!;
        Assert.Equal(exact.Means, read.Means);
        Assert.Equal(exact.Deviations, read.Deviations);
    }

    [Theory]
    [InlineData("")]
    [InlineData("pixel / 256")]
    [InlineData("(pixel / 255 - [0.5]) / [0]")]
    [InlineData("(pixel / 255 - [0.5]) / [-1]")]
    [InlineData("(pixel / 255 - [0.5, 0.5]) / [1]")]
    [InlineData("(pixel / 255 - [0.5) / [1]")]
    [InlineData("(pixel / 255 - null) / null")]
    [InlineData("(pixel / 255 - [1e99]) / [1]")]
    public void Parse_AnotherText_IsNone(string text) => Assert.Null(Normalization.Parse(text));
}
