using System.Text.Json;
using ConvNN.App.Log;
using ConvNN.App.Log.Events;

namespace ConvNN.App.Tests.Log;

public class LineFormatTests
{
    [Theory]
    [InlineData("plain/path-1", "plain/path-1")]
    [InlineData("", "\"\"")]
    [InlineData("two words", "\"two words\"")]
    [InlineData("a=b", "\"a=b\"")]
    [InlineData("say \"x\\y\"", "\"say \\\"x\\\\y\\\"\"")]
    [InlineData("a\nb\tc\u001b[2J", "\"a\\nb\\tc\\u001b[2J\"")]
    public void KeyValue_Text_IsQuotedWhereNeeded(string text, string expected) =>
        Assert.Equal($"2026-11-22T14:30:12.345Z x k={expected}", new KeyValueFormat().Line(RunEvents.Time, Event(text)));

    [Fact]
    public void Time_OfAnotherZone_IsUtc() => Assert.StartsWith(
        "2026-11-22T14:30:12.345Z ", new KeyValueFormat().Line(RunEvents.Time.ToOffset(TimeSpan.FromHours(5)), Event(1)), StringComparison.Ordinal);

    [Theory]
    [InlineData(double.NaN, JsonValueKind.String)]
    [InlineData(double.PositiveInfinity, JsonValueKind.String)]
    [InlineData(0.1, JsonValueKind.Number)]
    [InlineData(ulong.MaxValue, JsonValueKind.Number)]
    [InlineData(true, JsonValueKind.True)]
    [InlineData("a\u001b\"\n", JsonValueKind.String)]
    public void Json_AnyValue_CanBeParsed(object value, JsonValueKind expected)
    {
        string line = new JsonFormat().Line(RunEvents.Time, Event(value));

        using JsonDocument json = JsonDocument.Parse(line);
        Assert.Equal(expected, json.RootElement.GetProperty("k").ValueKind);
        Assert.DoesNotContain(line, char.IsControl);
    }

    /// <summary>Programs that read it may take it for another encoding than UTF-8.</summary>
    [Fact]
    public void Json_TextBeyondAscii_IsEscaped()
    {
        const string Text = "8 of 3×3, 猫 🐈";

        string line = new JsonFormat().Line(RunEvents.Time, Event(Text));

        Assert.DoesNotContain(line, c => !char.IsAscii(c));
        Assert.Equal(Text, JsonDocument.Parse(line).RootElement.GetProperty("k").GetString());
    }

    private static TextEvent Event(object value) => new("x", "", new Field("k", value));
}
