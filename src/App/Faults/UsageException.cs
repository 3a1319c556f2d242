using System.CommandLine;
using System.CommandLine.Parsing;
using ConvNN.App.Output;
using ConvNN.Model;
using ConvNN.Model.Options;

namespace ConvNN.App.Faults;

/// <summary>A command line that cannot be understood.</summary>
/// <param name="message">The message, on one line.</param>
internal sealed class UsageException(string message) : ConvNNException(message)
{
    /// <summary>Explains what is wrong with a command line, and suggests what was probably meant.</summary>
    /// <param name="result">A parse with errors, or with a mistyped option.</param>
    public static UsageException Of(ParseResult result)
    {
        if ((MistypedOption(result) ?? (result.UnmatchedTokens is [string unmatched, ..] ? unmatched : null)) is { } token)
        {
            return new UsageException(Unknown(token, result.CommandResult.Command, result.RootCommandResult.Command));
        }

        ParseError error = result.Errors[0];
        return new UsageException((error.SymbolResult, result.CommandResult.Command) switch
        {
            (OptionResult { Tokens.Count: 0, IdentifierToken: { } name } option, _) => $"'{name.Value}' needs a value: {name.Value} {option.Option.HelpName}.",
            (CommandResult or ArgumentResult, { Arguments: [Argument { Description: { } words } argument, ..] } command) => $"'{command.Name}' needs {argument.Name}: {words}.",
            _ => string.Join(' ', result.Errors.Select(wrong => wrong.Message)),
        });
    }

    /// <summary>An unknown option that was therefore parsed as an argument of a command, or null.</summary>
    /// <param name="result">The parse, with or without errors.</param>
    public static string? MistypedOption(ParseResult result) => result.CommandResult.Children
        .OfType<ArgumentResult>()
        .SelectMany(argument => argument.Tokens)
        .Select(argument => argument.Value)
        .FirstOrDefault(value => value.StartsWith('-'));

    /// <summary>The fault of an option or argument with an empty value, as a variable without one leaves it; null if there is none.</summary>
    /// <param name="result">The parse, with or without errors.</param>
    public static UsageException? Empty(ParseResult result) => result.CommandResult.Children
        .Where(given => given.Tokens.Any(token => token.Value.Length == 0))
        .Select(given => given is OptionResult { IdentifierToken: { } name } option
            ? new UsageException($"'{name.Value}' has an empty value; leave it out, or give one: {name.Value} {option.Option.HelpName}.")
            : new UsageException($"'{result.CommandResult.Command.Name}' has an empty argument; leave it out, or name something."))
        .FirstOrDefault();

    private static string Unknown(string token, Command command, Command root)
    {
        bool isOption = token.StartsWith('-');
        string[] known = Names(command, isOption);
        if (known.Contains(token) || (!isOption && Names(root, isOption).Contains(token)))
        {
            return $"'{token}' is not expected here; give one command, and a value for each option.";
        }

        if (isOption && Names(root, isOption).Contains(token))
        {
            return $"'{token}' is not an option of {command.Name}; {Invocation.Of($"{command.Name} --help")} lists what is.";
        }

        string hint = NearestName.Find(token, known) is { } nearest ? $"did you mean {nearest}?" : "--help lists what is.";
        return $"'{token}' is not known; {hint}";
    }

    private static string[] Names(Command command, bool areOptions) =>
    [
        .. areOptions
            ? command.Options.Concat(command.Parents.OfType<Command>().SelectMany(parent => parent.Options).Where(option => option.Recursive))
                .SelectMany(option => option.Aliases.Prepend(option.Name))
            : command.Subcommands.Select(child => child.Name),
    ];
}
