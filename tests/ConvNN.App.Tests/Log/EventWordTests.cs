using System.Text.RegularExpressions;
using ConvNN.App.Tests.Architecture;

namespace ConvNN.App.Tests.Log;

/// <summary>A word of the log is written in one place of the source, so that its lines always have the same fields.</summary>
public partial class EventWordTests
{
    [Fact]
    public void Words_OfAllEvents_AreWrittenInOnePlaceEach()
    {
        string app = Path.Combine(Repository.Root, "src", "App");
        string[] words =
        [
            .. from file in Directory.EnumerateFiles(app, "*.cs", SearchOption.AllDirectories)
               let path = Path.GetRelativePath(app, file)
               where !path.StartsWith("obj", StringComparison.Ordinal) && !path.StartsWith("bin", StringComparison.Ordinal)
               from match in Word().Matches(File.ReadAllText(file))
               select match.Groups["word"].Value,
        ];

        Assert.Contains("stopped", words);
        Assert.Contains("epoch", words);
        Assert.Empty(words.GroupBy(word => word, StringComparer.Ordinal).Where(places => places.Count() > 1).Select(places => places.Key));
    }

    // An event's record names its word, others are TextEvents; those that more than one place needs are made by a method of TextEvent.
    [GeneratedRegex("""(RunEvent\(|TextEvent\(|base\(|=>\s+new\()\s*"(?<word>[a-z_]+)"(\)|,\s+(\$"|"|text\)))""")]
    private static partial Regex Word();
}
