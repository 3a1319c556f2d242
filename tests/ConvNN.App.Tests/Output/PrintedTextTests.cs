using ConvNN.App.Commands.Models;
using ConvNN.App.Log;
using ConvNN.App.Log.Events;
using ConvNN.App.Output;

namespace ConvNN.App.Tests.Output;

public class PrintedTextTests
{
    [Theory]
    [InlineData("plain, für 数据 🙂 –", "plain, für 数据 🙂 –")]
    [InlineData("\u001b[8mhidden", "\\u001b[8mhidden")]
    [InlineData("\u009b2J", "\\u009b2J")]
    [InlineData("a\u202egnp.exe", "a\\u202egnp.exe")]
    [InlineData("\u2066x\u2069", "\\u2066x\\u2069")]
    [InlineData("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff")]
    [InlineData("a\rb\tc\u007f", "a\\u000db\\u0009c\\u007f")]
    [InlineData("tag\U000E0041", "tag\\udb40\\udc41")]
    [InlineData("a\u2028b", "a\\u2028b")]
    public void Of_Text_EscapesWhatATerminalWouldObey(string text, string expected)
    {
        StringWriter written = new() { NewLine = "\n" };

        new LineWriter(written).Write(text);

        Assert.Equal(expected, PrintedText.Of(text));
        Assert.Equal(expected + "\n", written.ToString());
        Assert.Equal(expected, new TextTable(new TextColumn(text) { IsWord = true }).Lines().Single());
        Assert.Equal($"x       {expected}".Split(' '), string.Join(' ', Fold.Lines("x", text, 80)).Split(' '));
    }

    [Fact]
    public void Redraw_Status_IsEscapedToo()
    {
        StringWriter written = new();

        new LineWriter(written, new Terminal(() => 80)).Redraw("a\u001b[2Jb");

        Assert.Equal("\ra\\u001b[2Jb", written.ToString());
    }

    [Fact]
    public void LogLines_FormatCharacters_AreJsonEscapes()
    {
        TextEvent what = new("word", $"{"a\u202eb \u001b":name}");

        Assert.EndsWith(" word name=\"a\\u202eb \\u001b\"", new KeyValueFormat().Line(default, what), StringComparison.Ordinal);
        Assert.Contains("a\\u202eb \\u001b\"", PrintedText.Of(new JsonFormat().Line(default, what)), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Runs_NamesWithEscapes_AreShownAsEscapes()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows refuses such names.");
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder["runs/a\u001b[2J"]);
        folder.Write("runs/a\u001b[2J/run.json", "{");

        Assert.All(new RunsReport(folder["runs"]).Lines(), line => Assert.Equal(line, PrintedText.Of(line)));
    }
}
