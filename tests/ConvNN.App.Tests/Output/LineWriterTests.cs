using ConvNN.App.Output;

namespace ConvNN.App.Tests.Output;

public class LineWriterTests
{
    [Fact]
    public void Write_ReaderIsGone_FallsSilent()
    {
        BrokenWriter broken = new();
        LineWriter writer = new(broken);

        writer.Write("one");
        writer.Write("two");

        Assert.Equal(1, broken.Attempts);
    }

    [Fact]
    public async Task Write_ManyThreads_KeepsLinesWhole()
    {
        StringWriter text = new();
        LineWriter writer = new(text);
        string line = new('x', 200);

        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => writer.Write(line))));

        Assert.Equal(Enumerable.Repeat(line, 100), text.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Redraw_OnATerminal_KeepsTheStatusBelowTheLines()
    {
        StringWriter text = new() { NewLine = "\n" };
        LineWriter writer = new(text, new Terminal(() => 11));

        writer.Redraw("0123456789abc");
        writer.Redraw("0123456789xyz");
        writer.Redraw("half");
        writer.Write("line");
        writer.Write("a longer line");
        writer.Redraw("");
        writer.Write("end");

        Assert.Equal("\r01234567" + "\rhalf      \rhalf" + "\r      \rline\nhalf" + "\r      \ra longer line\nhalf" + "\r      \r" + "end\n", text.ToString());
    }

    [Fact]
    public void Redraw_WithoutATerminal_WritesNothing()
    {
        StringWriter text = new();
        LineWriter writer = new(text);

        writer.Redraw("status");

        Assert.Equal("", text.ToString());
    }

    private sealed class BrokenWriter : StringWriter
    {
        public int Attempts { get; private set; }

        public override void WriteLine(string? value)
        {
            Attempts++;
            throw new IOException("Broken pipe");
        }
    }
}
