using System.CommandLine;

namespace ConvNN.App.Commands.Start;

/// <summary>Describes the commands to begin with: <c>init</c> and <c>presets</c>.</summary>
internal static class StartCommands
{
    /// <summary>Gives a command the lines to print.</summary>
    public delegate Command Printing(Command command, Func<ParseResult, IEnumerable<string>> lines, params string[] examples);

    /// <summary>Gives a command that writes a configuration its action.</summary>
    public delegate Command Writing(Command command, Func<ParseResult, InitRequest> request, params string[] examples);

    /// <summary>The commands.</summary>
    /// <param name="printing">Configures <c>presets</c>.</param>
    /// <param name="writing">Configures <c>init</c>.</param>
    public static IEnumerable<Command> All(Printing printing, Writing writing)
    {
        Argument<string?> file = new("FILE") { Arity = ArgumentArity.ZeroOrOne, Description = $"the file to write; without it, {InitCommand.DefaultFile}" };
        Option<bool> force = new("--force") { Description = "replace files that are there" };
        yield return writing(
            new Command("init", "Write a configuration file to begin with: every key with a comment, and the schema by which editors complete it.") { file, force },
            result => new InitRequest(result.GetValue(file) ?? InitCommand.DefaultFile, result.GetValue(force)),
            "init",
            "init --preset lenet5",
            "init mine.json --preset two-block --epochs 3");

        Option<bool> json = new("--json") { Description = "as JSON" };
        yield return printing(
            new Command("presets", "List the configurations that come with the program: network, parameters, accuracy, time.") { json },
            result => result.GetValue(json) ? PresetsReport.Json().Split('\n') : PresetsReport.Lines(),
            "presets",
            "presets --json");
    }
}
