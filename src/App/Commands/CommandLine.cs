using System.CommandLine;
using System.CommandLine.Invocation;
using ConvNN.App.Configuration;
using ConvNN.App.Hosting;
using ConvNN.App.Output;
using ConvNN.Model.Options;

namespace ConvNN.App.Commands;

/// <summary>The commands and options of the program. Options are those of <see cref="Settings"/>: they write keys of the configuration and check nothing themselves.</summary>
internal sealed class CommandLine
{
    // A file that an argument beginning with @ names must not be read as arguments.
    private static readonly ParserConfiguration Parser = new() { ResponseFileTokenReplacer = null };

    private readonly StopSignals _signals;
    private readonly LineWriter _output;
    private readonly RunLog _log;
    private readonly Option<string> _config = new("--config", "-c")
    {
        HelpName = "FILE",
        Description = "configuration file, read instead of appsettings.json",
        Recursive = true,
    };

    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "print the stack trace of a fault", Recursive = true };
    private readonly IReadOnlyList<(Setting Setting, Option<string> Option)> _settings;
    private readonly RootCommand _root;

    /// <summary>Describes the command line.</summary>
    /// <param name="signals">What stops a command.</param>
    /// <param name="output">Where a command prints text that is no log.</param>
    /// <param name="log">Where a command says what happens.</param>
    public CommandLine(StopSignals signals, LineWriter output, RunLog log)
    {
        _signals = signals;
        _output = output;
        _log = log;
        _settings = [.. Settings.All.Where(setting => setting.Options.Count > 0).Select(setting => (setting, OptionOf(setting)))];
        _root = new RootCommand("Trains small convolutional networks on CPUs, with the same bits for any number of workers.");
        foreach (Option option in (IEnumerable<Option>)[.. _settings.Select(pair => pair.Option), _config, _verbose])
        {
            _root.Add(option);
        }

        _root.Add(new Directive(Invocation.DotnetRunDirective));
        _root.Add(Subcommand<TrainCommand>("train", "Train the configured network; what is done without a command, too."));
        _root.Add(Subcommand<VerifyCommand>("verify", "Train with several numbers of workers and vector widths, and compare the weights bit for bit."));
        _root.Add(Printing("schema", "Print the JSON schema of configuration files.", ConfigurationSchema.Text));
        _root.SetAction((result, _) => RunAsync<TrainCommand>(result));
    }

    /// <summary>Runs what the arguments ask for.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="UsageException">The arguments cannot be understood.</exception>
    public Task<int> RunAsync(string[] arguments)
    {
        ParseResult result = _root.Parse(arguments, Parser);
        if (result.Errors.Count > 0 && result.Action is ParseErrorAction or null)
        {
            throw new UsageException(Explain(result));
        }

        // Signals and exceptions are Program's.
        return result.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
    }

    /// <summary>Whether stack traces are wanted.</summary>
    public bool IsVerbose(string[] arguments) => _root.Parse(arguments, Parser).GetValue(_verbose);

    private static Option<string> OptionOf(Setting setting) => new(setting.Options[0], [.. setting.Options.Skip(1)])
    {
        HelpName = setting.ValueName,
        Description = setting.Description,
        Recursive = true,
    };

    private static string Explain(ParseResult result)
    {
        if (result.UnmatchedTokens is not [string token, ..])
        {
            return string.Join(" ", result.Errors.Select(error => error.Message));
        }

        Command root = result.RootCommandResult.Command;
        IEnumerable<string> known = token.StartsWith('-')
            ? root.Options.SelectMany(option => option.Aliases.Prepend(option.Name))
            : root.Subcommands.Select(command => command.Name);
        if (known.Contains(token))
        {
            return $"'{token}' stands where nothing is expected; give one command, and an option its value.";
        }

        string hint = NearestName.Find(token, known) is { } nearest ? $"did you mean {nearest}?" : "--help lists what is.";
        return $"'{token}' is not known; {hint}";
    }

    private Command Printing(string name, string description, Func<string> text)
    {
        Command command = new(name, description);
        command.SetAction(_ => _output.Write(text()));
        return command;
    }

    private Command Subcommand<TCommand>(string name, string description)
        where TCommand : class, ICommand
    {
        Command command = new(name, description);
        command.SetAction((result, _) => RunAsync<TCommand>(result));
        return command;
    }

    private Task<int> RunAsync<TCommand>(ParseResult result)
        where TCommand : class, ICommand
    {
        Dictionary<string, string?> settings = new(StringComparer.OrdinalIgnoreCase);
        foreach ((Setting setting, Option<string> option) in _settings)
        {
            if (result.GetValue(option) is { } value)
            {
                settings[setting.Key] = value;
            }
        }

        ConfigurationSources sources = new(
            ConfigurationFile.Find(result.GetValue(_config)),
            EnvironmentSettings.Read(Environment.GetEnvironmentVariables()),
            settings);
        return RunHost.RunAsync<TCommand>(sources, _signals, _output, _log);
    }
}
