using System.Text.RegularExpressions;
using ConvNN.App.Tests.Architecture;

namespace ConvNN.App.Tests.Log;

/// <summary>The words of the log's events and the keys of their fields, as the source has them. Keys that are put together are not among them.</summary>
internal static partial class EventSource
{
    /// <summary>Each place where an event is made: its word and its keys.</summary>
    public static IEnumerable<(string Word, IReadOnlyList<string> Keys)> All()
    {
        string app = Path.Combine(Repository.Root, "src", "App");
        return
            from file in Directory.EnumerateFiles(app, "*.cs", SearchOption.AllDirectories)
            let path = Path.GetRelativePath(app, file)
            where !path.StartsWith("obj", StringComparison.Ordinal) && !path.StartsWith("bin", StringComparison.Ordinal)
            let source = File.ReadAllText(file)
            from match in Word().Matches(source)
            select (match.Groups["word"].Value, KeysOf(match.Groups["record"].Success ? source : Rest(source, match.Groups["word"])));
    }

    private static IReadOnlyList<string> KeysOf(string source) =>
        [.. Key().Matches(Comment().Replace(source, "")).Select(match => match.Groups["key"] is { Success: true } key ? key.Value : "images_per_second").Distinct()];

    /// <summary>What follows the word in a call: as far as its parenthesis.</summary>
    private static string Rest(string source, Group word)
    {
        int end = word.Index + word.Length;
        for (int depth = 1; depth > 0;)
        {
            depth += source[++end] switch { '(' => 1, ')' => -1, _ => 0 };
        }

        return source[word.Index..end];
    }

    // An event's record names its word, others are TextEvents; those that more than one place needs are made by a method of TextEvent.
    [GeneratedRegex("""(?<record>RunEvent\(|base\()"(?<word>[a-z_]+)"\)|TextEvent\(\s*"(?<word>[a-z_]+)",|TextEvent\s\w+\([^\n]*\)\s=>\s+new\(\s*"(?<word>[a-z_]+)",""")]
    private static partial Regex Word();

    // In a sentence, a field of its own, or one of a kind that is rounded.
    [GeneratedRegex("""[^{}"]:(?<key>[a-z][a-z0-9_]*)(\|[^}]*)?\}|(?:new|Field)\("(?<key>[a-z0-9_]+)"|Field\.(Seconds|Share)\("(?<key>[a-z0-9_]+)"|Field\.Speed\(""")]
    private static partial Regex Key();

    [GeneratedRegex("///.*")]
    private static partial Regex Comment();
}
