using ConvNN.App.Output;
using static ConvNN.App.Output.TextColumn;

namespace ConvNN.App.Tests.Output;

public class TextTableTests
{
    [Fact]
    public void Lines_WordsAndNumbers_StandInAlignedColumns() => Assert.Equal(
        [
            "name                  kind        count",
            "mnist                 in part    60,000",
            "fashion               – [red]         1",
            "\\u001b[31m a name     cannot be read",
            "last                                  9",
        ],
        Table().Lines());

    [Fact]
    public void Width_IsThatOfTheLongestLine() => Assert.Equal((39, 39), (Table().Lines().Max(line => line.Length), Table().Width));

    [Theory]
    [InlineData(39, "name                  kind        count")]
    [InlineData(38, "name                   count")]
    [InlineData(15, "name      count")]
    [InlineData(3, "…")]
    public void Lines_Narrow_LeaveColumnsOutThenShortenTheFirst(int width, string titles)
    {
        string[] lines = [.. Table().Lines(width)];

        Assert.Equal(5, lines.Length);
        Assert.Contains(titles, lines[0], StringComparison.Ordinal);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, width));
    }

    [Fact]
    public void Lines_LongTextOverSeveralColumns_IsOneLine() => Assert.Equal(
        ["a  b  c", "1  2  3", "x  a text that is longer than they are"],
        new TextTable(Word("a"), Word("b"), Word("c")).Add("1", "2", "3").Add("x", "a text that is longer than they are").Lines());

    [Fact]
    public void Lines_WideCharacters_TakeTwoColumns() => Assert.Equal(
        ["folder  n", "数据    1", "a🙂b    2"],
        new TextTable(Word("folder"), new("n")).Add("数据", "1").Add("a🙂b", "2").Lines());

    [Fact]
    public void Lines_RowsThatComeOneAtATime_StandBelowTheTitles()
    {
        TextColumn[] columns = [new("epoch") { Width = 6 }, new("images/s") { Width = 9 }, Word("weights")];

        Assert.Equal([" epoch   images/s  weights"], new TextTable(columns).Lines());
        Assert.Equal(["  1/10    103,448  9c1e"], new TextTable(columns) { HasTitles = false }.Add("1/10", "103,448", "9c1e").Lines());
    }

    // A terminal obeys no escape sequence.
    private static TextTable Table() => new TextTable(Word("name", 20), Word("kind", 9) with { Goes = 1 }, new("count"))
        .Add("mnist", "in part", "60,000")
        .Add("fashion", "– [red]", "1")
        .Add("\u001b[31m a name", "cannot be read")
        .Add("last", "", "9");
}
