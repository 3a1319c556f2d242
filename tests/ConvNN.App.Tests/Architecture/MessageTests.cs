using System.CommandLine;
using System.Text.RegularExpressions;
using ConvNN.App.Commands;
using ConvNN.App.Configuration;
using ConvNN.App.Output;

namespace ConvNN.App.Tests.Architecture;

/// <summary>The options and keys that messages name are there. The commands in them are run by <see cref="EndToEnd.ShownCommandTests"/>.</summary>
public partial class MessageTests
{
    // Nothing runs, so nothing asks for a signal or writes.
    private static readonly Command Root = new CommandLine(null!, new LineWriter(TextWriter.Null), null!).Parse(["--help"]).RootCommandResult.Command;

    /// <summary>The texts of the source, each with its file.</summary>
    private static readonly (string File, string Text)[] Texts =
    [
        .. from file in Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
           from line in File.ReadLines(file)
           where !line.TrimStart().StartsWith("//", StringComparison.Ordinal)
           from text in Literal().Matches(line)
           select (Path.GetRelativePath(Repository.Root, file), text.Value),
    ];

    [Fact]
    public void Options_InMessages_AreKnown()
    {
        HashSet<string> known = [.. Commands(Root).SelectMany(command => command.Options).SelectMany(option => option.Aliases.Prepend(option.Name))];
        (string File, string Name)[] named = [.. Texts.SelectMany(text => OptionName().Matches(text.Text).Select(match => (text.File, match.Value)))];

        Assert.True(named.Length > 50, $"{named.Length} options");
        Assert.All(named, option => Assert.Contains(option.Name, known));
    }

    [Fact]
    public void Keys_InMessages_AreKnown()
    {
        (string File, string Name)[] named = [.. Texts.SelectMany(text => Key().Matches(text.Text).Select(match => (text.File, match.Value)))];

        Assert.True(named.Length > 50, $"{named.Length} keys");
        Assert.All(named, key => Assert.True(Settings.Find(key.Name) is not null || key.Name == LogLevels.Path, $"{key.File}: {key.Name}"));
    }

    private static IEnumerable<Command> Commands(Command command) => command.Subcommands.SelectMany(Commands).Prepend(command);

    [GeneratedRegex(@"""(?:\\.|[^""\\])*""")]
    private static partial Regex Literal();

    [GeneratedRegex(@"(?<![\w-])--[a-z][a-z-]*")]
    private static partial Regex OptionName();

    [GeneratedRegex(@"\b(?:Data|Training|Pipeline|Checkpoints|Output|Logging):[A-Z]\w*")]
    private static partial Regex Key();
}
