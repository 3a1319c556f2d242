using ConvNN.Model.Options;

namespace ConvNN.Model.Tests.Options;

public class NearestNameTests
{
    private static readonly string[] Known = ["conv2d", "maxpool2d", "dense", "flatten", "relu", "dropout"];

    [Theory]
    [InlineData("conv2d", "conv2d")]
    [InlineData("Dense", "dense")]
    [InlineData("conv3d", "conv2d")]
    [InlineData("dence", "dense")]
    [InlineData("maxpol2d", "maxpool2d")]
    [InlineData("dropuot", "dropout")]
    [InlineData("rel", "relu")]
    [InlineData("lstm", null)]
    [InlineData("", null)]
    public void Find_Name_IsTheOneWithFewestEdits(string name, string? expected) => Assert.Equal(expected, NearestName.Find(name, Known));

    [Fact]
    public void Find_TwoEquallyNear_IsTheFirst() => Assert.Equal("ab", NearestName.Find("aa", ["ab", "ac"]));

    [Fact]
    public void Find_NoNames_IsNull() => Assert.Null(NearestName.Find("x", []));

    [Theory]
    [InlineData("dence", "did you mean dense? (known here: dense, relu).")]
    [InlineData("lstm", "known here: dense, relu.")]
    public void Hint_UnknownName_ListsTheKnownOnes(string name, string expected) => Assert.Equal(expected, NearestName.Hint(name, ["dense", "relu"]));

    [Fact]
    public void Hint_NoNames_SaysSo() => Assert.Equal("none is known here.", NearestName.Hint("x", []));
}
