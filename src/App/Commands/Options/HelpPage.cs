using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using ConvNN.App.Faults;
using ConvNN.App.Output;

namespace ConvNN.App.Commands.Options;

/// <summary>
/// The library's help for a terminal of 80 columns, with commands that can be typed as shown, followed by examples.
/// </summary>
/// <param name="help">The library's help.</param>
/// <param name="examples">Examples of each command, without the program; a comment may follow after <c>#</c>.</param>
internal sealed class HelpPage(HelpAction help, IReadOnlyDictionary<Command, string[]> examples) : SynchronousCommandLineAction
{
    private const int Width = 80;

    /// <summary>The text below the examples of the root command.</summary>
    private const string Sources = """

        Configuration:
          Each source overrides the one before: built-in defaults; ./appsettings.json,
          or the file of --config or --preset instead of it; variables such as
          CONVNN_Training__Epochs; the command line, where the later option wins.
        """;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        Command command = parseResult.CommandResult.Command;
        TextWriter output = parseResult.InvocationConfiguration.Output;
        StringWriter text = new();
        parseResult.InvocationConfiguration.Output = text;
        help.MaxWidth = Width;
        help.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output = output;

        string root = parseResult.RootCommandResult.Command.Name;
        // The library pads columns with trailing spaces.
        string[] lines = [.. text.ToString().TrimEnd().Split(Environment.NewLine).Select(line => line.TrimEnd())];
        output.WriteLine(string.Join(Environment.NewLine, lines).Replace($"{Environment.NewLine}  {root} ", $"{Environment.NewLine}  {Invocation.Program} ", StringComparison.Ordinal));
        if (examples.TryGetValue(command, out string[]? shown))
        {
            output.WriteLine($"{Environment.NewLine}Examples:");
            foreach (string line in shown)
            {
                output.WriteLine($"  {Invocation.Of(line)}".TrimEnd());
            }
        }

        if (command is RootCommand)
        {
            output.WriteLine(Sources);
        }

        return ExitCode.Done;
    }
}
