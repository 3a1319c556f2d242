using System.CommandLine;
using System.Text.Json;
using ConvNN.App.Configuration;

namespace ConvNN.App.Commands.Options;

/// <summary>
/// The command reference in Markdown, made from the command line itself: <c>docs/reference/commands.md</c>, which a test
/// compares with it. Training options are described only once, for the root command.
/// </summary>
/// <param name="root">The program, whose subcommands are listed.</param>
/// <param name="examples">Examples of each command, without the program.</param>
internal sealed class CommandReference(RootCommand root, IReadOnlyDictionary<Command, string[]> examples)
{
    private const string Program = "convnn";

    /// <summary>The page, without a final newline.</summary>
    public string Text() => string.Join('\n', Head().Concat(Section(root, Program, root.Options)).Concat(Sections(root, Program)));

    private static IEnumerable<string> Head() =>
    [
        "# Commands",
        "",
        "The program writes this page, and a test compares it: `dotnet run -- reference commands > docs/reference/commands.md`.",
        "`convnn` is the installed tool; in a clone of the repository write `dotnet run --` instead.",
        "",
    ];

    private IEnumerable<string> Sections(Command parent, string path) => parent.Subcommands
        .Where(command => !command.Hidden)
        .SelectMany(command => Section(command, $"{path} {command.Name}", command.Options.Except(root.Options))
            .Concat(Sections(command, $"{path} {command.Name}")));

    private IEnumerable<string> Section(Command command, string path, IEnumerable<Option> own)
    {
        List<string> lines = [$"## {path}", "", Escaped(command.Description ?? "")];
        Argument[] arguments = [.. command.Arguments.Where(argument => !argument.Hidden)];
        Option[] options = [.. own.Where(option => !option.Hidden)];
        if (arguments.Length > 0)
        {
            lines.AddRange(["", "| argument | how many | meaning |", "|---|---|---|"]);
            lines.AddRange(arguments.Select(argument => $"| `{argument.Name}` | {HowMany(argument.Arity)} | {Escaped(argument.Description ?? "")} |"));
        }

        if (options.Length > 0)
        {
            lines.AddRange(command == root
                ? ["", "| option | key | default | meaning |", "|---|---|---|---|"]
                : ["", "| option | meaning |", "|---|---|"]);
            lines.AddRange(options.Select(option => command == root ? RowOfSetting(option) : $"| {Names(option)} | {Escaped(option.Description ?? "")} |"));
        }

        if (command != root && command.Options.Intersect(root.Options).Select(option => $"`{option.Name}`").ToArray() is { Length: > 0 } shared)
        {
            lines.AddRange(["", $"Options described under [{Program}](#{Program}): {string.Join(", ", shared)}."]);
        }

        if (examples.TryGetValue(command, out string[]? shown))
        {
            lines.AddRange(["", "```", .. shown.Select(example => $"{path} {WithoutPath(command, example)}".TrimEnd()), "```"]);
        }

        return lines.Append("");
    }

    // An example begins with the command with which the path ends.
    private string WithoutPath(Command command, string example)
    {
        for (Command? ancestor = command; ancestor is not null && ancestor != root; ancestor = ancestor.Parents.OfType<Command>().FirstOrDefault())
        {
            example = example[(example.IndexOf(' ', StringComparison.Ordinal) is var end && end < 0 ? example.Length : end + 1)..];
        }

        return example.Trim();
    }

    private static string RowOfSetting(Option option)
    {
        Setting? setting = Settings.All.FirstOrDefault(setting => setting.Options.Contains(option.Name));
        return $"| {Names(option)} | {(setting is null ? "" : $"`{setting.Key}`")} | {Default(setting)} | {Escaped(option.Description ?? "")} |";
    }

    private static string Names(Option option)
    {
        string names = string.Join(", ", option.Aliases.Order(StringComparer.Ordinal).Prepend(option.Name).Select(name => $"`{name}`"));
        return option.HelpName is { } word ? $"{names} {Escaped(word)}" : names;
    }

    private static string Default(Setting? setting) => setting?.Write(new RunConfiguration()) switch
    {
        null => "",
        { } value when value.GetValueKind() == JsonValueKind.String => $"`{value.GetValue<string>()}`",
        { } value => $"`{value.ToJsonString()}`",
    };

    private static string HowMany(ArgumentArity arity) => (arity.MinimumNumberOfValues, arity.MaximumNumberOfValues) switch
    {
        (0, 1) => "none or one",
        (1, 1) => "one",
        (0, < 10) => $"none to {arity.MaximumNumberOfValues}",
        (0, _) => "any number",
        _ => "one or more",
    };

    private static string Escaped(string text) => text
        .Replace("|", "\\|", StringComparison.Ordinal)
        .Replace("<", "\\<", StringComparison.Ordinal)
        .Replace("*", "\\*", StringComparison.Ordinal);
}
