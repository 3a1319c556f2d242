using ConvNN.App.Output;
using Microsoft.Extensions.Logging;

namespace ConvNN.App.Log.Events;

/// <summary>An event that a terminal shows as a sentence behind its word.</summary>
/// <param name="Word">The word.</param>
/// <param name="Text">The sentence.</param>
/// <param name="Values">What other forms of the log say in place of the sentence; none for <c>text="…"</c>.</param>
internal sealed record TextEvent(string Word, string Text, params IReadOnlyList<Field> Values) : RunEvent(Word)
{
    /// <inheritdoc/>
    public override IEnumerable<Field> Fields => Values.Count > 0 ? Values : [new("text", Figures.Untied(Text))];

    /// <summary>Something that somebody should know, though the run goes on.</summary>
    /// <param name="text">One sentence.</param>
    public static TextEvent Warning(string text) => new("warning", text) { Level = LogLevel.Warning };

    /// <summary>The line that stderr ends with.</summary>
    /// <param name="exitCode">The process's exit code.</param>
    /// <param name="text">The line.</param>
    public static TextEvent Fault(int exitCode, string text) =>
        new("fault", text, new Field("exit_code", exitCode), new Field("text", text)) { Level = LogLevel.Error, Audience = Audience.LogFile };
}
