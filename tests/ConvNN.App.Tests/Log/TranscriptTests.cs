using System.Text;
using System.Text.Json;
using ConvNN.App.Log;
using ConvNN.App.Log.Drawing;
using ConvNN.App.Log.Events;

namespace ConvNN.App.Tests.Log;

/// <summary>A fixed list of events, in every form. <c>CONVNN_WRITE_TRANSCRIPTS=folder</c> writes the files anew.</summary>
public class TranscriptTests
{
    [Theory]
    [InlineData(120, false)]
    [InlineData(80, false)]
    [InlineData(60, false)]
    [InlineData(80, true)]
    [InlineData(60, true)]
    public void Terminal_OfAWidth_IsAsDrawnAndFits(int width, bool isSample)
    {
        StringBuilder drawn = new();
        RunDrawing drawing = new();
        int columns = width - 1;
        foreach (RunEvent what in RunEvents.Of(isSample).Where(what => what.Audience != Audience.LogFile))
        {
            string[] lines = [.. drawing.Lines(what, columns), .. what is StepEvent step ? [StatusText.Of(step, columns - 2) + "  (redrawn)"] : Array.Empty<string>()];
            Assert.All(lines, line => Assert.InRange(line.Replace("  (redrawn)", "", StringComparison.Ordinal).Length, 0, columns));
            Assert.All(lines, line => Assert.DoesNotContain(line, char.IsControl));
            drawn.AppendJoin('\n', lines).Append(lines.Length > 0 ? "\n" : "");
        }

        AssertTranscript($"terminal-{width}{(isSample ? "-sample" : "")}.txt", drawn.ToString());
    }

    [Fact]
    public void Redirected_EveryEvent_IsALineOfKeysAndValues() => AssertTranscript("redirected.txt", Lines(new KeyValueFormat(), isSample: true));

    [Fact]
    public void Json_EveryEvent_IsAnObjectWithTheSameKeys()
    {
        string json = Lines(new JsonFormat(), isSample: true);

        AssertTranscript("json.txt", json);
        RunEvent[] events = [.. RunEvents.Of(isSample: true).SelectMany(what => what.Parts)];
        Assert.All(json.TrimEnd().Split('\n').Zip(events), pair =>
        {
            using JsonDocument line = JsonDocument.Parse(pair.First);
            Assert.Equal(
                ["time", "event", .. pair.Second.Fields.Where(field => field.Value is not null).Select(field => field.Key)],
                line.RootElement.EnumerateObject().Select(property => property.Name));
        });
    }

    private static string Lines(ILineFormat format, bool isSample) =>
        string.Concat(RunEvents.Of(isSample).SelectMany(what => what.Parts).Select(what => format.Line(RunEvents.Time, what) + "\n"));

    private static void AssertTranscript(string name, string actual)
    {
        if (Environment.GetEnvironmentVariable("CONVNN_WRITE_TRANSCRIPTS") is { } folder)
        {
            File.WriteAllText(Path.Combine(folder, name), actual);
        }

        Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Log", "Transcripts", name)).ReplaceLineEndings("\n"), actual);
    }
}
