using System.Text.RegularExpressions;
using ConvNN.App.Log.Events;

namespace ConvNN.App.Live;

/// <summary>An event as a page is told it: of the machine's paths only their last part.</summary>
/// <param name="What">The event.</param>
internal sealed partial record PageEvent(RunEvent What) : RunEvent(What.Word)
{
    /// <inheritdoc/>
    public override IEnumerable<Field> Fields => What.Fields.Select(told => told.Value is string text ? told with { Value = WithoutPaths(text) } : told);

    /// <summary>A text in which each path from a root is its last part alone.</summary>
    /// <param name="text">The text.</param>
    public static string WithoutPaths(string text) => Path.IsPathRooted(text)
        ? Path.GetFileName(Path.TrimEndingDirectorySeparator(text))
        : RootedPath().Replace(text, match => Path.GetFileName(Path.TrimEndingDirectorySeparator(match.Value)));

    // Also within a sentence: after a space, a quote or a bracket, up to the next of them.
    [GeneratedRegex("""(?<=^|[\s'"(\[=])(?:[A-Za-z]:[\\/]|[\\/])[^\s'":;,)\]]+""")]
    private static partial Regex RootedPath();
}
