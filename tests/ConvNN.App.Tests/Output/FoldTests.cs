using ConvNN.App.Output;

namespace ConvNN.App.Tests.Output;

public class FoldTests
{
    [Fact]
    public void Lines_WideCharacters_FitTheTerminal() => Assert.Equal(
        ["saved   数据数据数据:", "        model"],
        Fold.Lines("saved", "数据数据数据: model", 24));

    [Theory]
    [InlineData("0123456789", 7, "012…789")]
    [InlineData("数据数据数据", 7, "数…据")]
    [InlineData("a🙂🙂🙂🙂b", 8, "a🙂…🙂b")]
    public void Shorten_LongText_LosesItsMiddleAndBreaksNoCharacter(string text, int length, string expected) =>
        Assert.Equal(expected, Fold.Shorten(text, length));
}
