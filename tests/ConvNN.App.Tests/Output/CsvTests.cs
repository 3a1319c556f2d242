using ConvNN.App.Output;

namespace ConvNN.App.Tests.Output;

public class CsvTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a, \"b\"", "\"a, \"\"b\"\"\"")]
    [InlineData("two\nlines", "two lines")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("@a,b", "\"'@a,b\"")]
    [InlineData("-0.5", "-0.5")]
    [InlineData("-a", "'-a")]
    [InlineData("'=1+1", "''=1+1")]
    public void Quoted_Text_IsNoFormulaAndIsReadBack(string text, string expected)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("a.csv", Csv.Line(["name", text]) + "\n");

        Assert.Equal(expected, Csv.Quoted(text));
        Assert.Equal(["name", text.Replace('\n', ' ')], Assert.Single(Csv.Read(path)));
    }

    [Fact]
    public void Read_LinesOfAnEditorOnWindowsAndOneCutOff_GivesTheWholeOnes()
    {
        using TemporaryFolder folder = new();

        Assert.Equal([["a", "b"], ["1", ""], ["", "2"]], Csv.Read(folder.Write("a.csv", "a,b\r\n1,\r\n,2\r\n3,")));
    }
}
