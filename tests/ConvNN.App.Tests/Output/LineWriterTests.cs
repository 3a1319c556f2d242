using ConvNN.App.Output;

namespace ConvNN.App.Tests.Output;

public class LineWriterTests
{
    /// <summary>Lines of the program's own text are lines; what else would move the cursor is shown.</summary>
    [Fact]
    public void WriteText_SeveralLines_AreWrittenAsLines()
    {
        StringWriter text = new() { NewLine = "\n" };

        new LineWriter(text).WriteText("one\r\ntwo \u001b[31m\n\nfour");

        Assert.Equal("one\ntwo \\u001b[31m\n\nfour\n", text.ToString());
    }

    [Fact]
    public void Show_ReaderIsGone_FallsSilent()
    {
        BrokenWriter broken = new();
        LineWriter writer = new(broken);

        writer.Show("one");
        writer.Show("two");

        Assert.Equal(1, broken.Attempts);
    }

    /// <summary>What was asked for must not be lost without a word, even if it was a line of the log that failed.</summary>
    [Fact]
    public void Write_DiskIsFull_Throws()
    {
        LineWriter writer = new(new BrokenWriter());
        writer.Show("log");

        UnprintedException lost = Assert.Throws<UnprintedException>(() => writer.Write("asked for"));

        Assert.Equal("stdout cannot be written: No space left on device; redirect it to a place with room.", lost.Message);
        Assert.False(lost.IsReaderGone);
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

    [Theory]
    [InlineData(true, "\r\u001b[K", "\r\u001b[K")]
    [InlineData(false, "\r          \r", "\r      \r")]
    public void Redraw_OnATerminal_KeepsTheStatusBelowTheLines(bool hasColour, string long8, string short4)
    {
        StringWriter text = new() { NewLine = "\n" };
        LineWriter writer = new(text, new Terminal(() => 11) { HasColour = hasColour });

        writer.Redraw("0123456789abc");
        writer.Redraw("0123456789xyz");
        writer.Redraw("half");
        writer.Write("line");
        writer.Write("a longer line");
        writer.Redraw("");
        writer.Write("end");

        Assert.Equal($"\r01234567{long8}half{short4}line\nhalf{short4}a longer line\nhalf{short4}end\n", text.ToString());
    }

    [Fact]
    public void Write_WindowHasBecomeNarrower_JoinsNothingWithTheOldStatusAndCutsIt()
    {
        int width = 21;
        StringWriter text = new() { NewLine = "\n" };
        LineWriter writer = new(text, new Terminal(() => width) { HasColour = true });

        writer.Redraw("0123456789abcdef");
        width = 11;
        writer.Write("line");
        writer.Redraw("half");

        Assert.Equal("\r0123456789abcdef\r\u001b[K\nline\n01234567\r\u001b[Khalf", text.ToString());
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
            throw new IOException("No space left on device");
        }
    }
}
