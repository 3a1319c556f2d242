using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Diagnostics.CodeAnalysis;
using ConvNN.App.Commands.Bench;
using ConvNN.App.Commands.CheckGradients;
using ConvNN.App.Commands.Data;
using ConvNN.App.Commands.FindLearningRate;
using ConvNN.App.Commands.Models;
using ConvNN.App.Commands.Options;
using ConvNN.App.Commands.Serve;
using ConvNN.App.Commands.Start;
using ConvNN.App.Commands.Sweep;
using ConvNN.App.Commands.Trace;
using ConvNN.App.Commands.Train;
using ConvNN.App.Commands.Verify;
using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Hosting;
using ConvNN.App.Log;
using ConvNN.App.Output;
using ConvNN.App.Runs;
using ConvNN.Model.Options;

namespace ConvNN.App.Commands;

/// <summary>The commands of the program, with their options, help and actions.</summary>
internal sealed class CommandLine
{
    // An argument that begins with @ must not be read as a response file.
    private static readonly ParserConfiguration Parser = new() { ResponseFileTokenReplacer = null };

    // The host creates commands by their constructors, which trimming must keep.
    private const DynamicallyAccessedMemberTypes Constructors = DynamicallyAccessedMemberTypes.PublicConstructors;

    private readonly StopSignals _signals;
    private readonly LineWriter _output;
    private readonly RunLog _log;
    private readonly Job _job;
    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "the stack trace of a fault; in training also the gradient norm, weight norm and dead ReLUs of each layer after each epoch", Recursive = true };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "print what would be trained and what it needs, and do nothing else" };
    private readonly Option<string?> _resume = new("--resume")
    {
        HelpName = "auto|PATH",
        Description = "resume from the newest intact checkpoint of a run, or from the named one; auto takes the newest run, and begins a new one if there is none",
    };

    private readonly Option<string[]> _allowChange = new("--allow-change")
    {
        HelpName = "KEY",
        Description = "with --resume: a key of the configuration that may differ from the checkpoint's; may be repeated",
    };

    private readonly Option<string> _step = new("--step") { HelpName = "N", Description = "the step to show, from 1, counted over all epochs" };
    private readonly Option<bool> _json = new("--json") { Description = "print one JSON document" };
    private readonly SettingOptions _settings = new();
    private readonly Dictionary<Command, string[]> _examples = [];
    private readonly RootCommand _root = new("Trains small convolutional networks on CPUs, with the same bits for any number of workers.");

    /// <summary>Describes the command line.</summary>
    /// <param name="signals">Stops a command.</param>
    /// <param name="output">Where a command prints text that is not part of the log.</param>
    /// <param name="log">Where a command reports events.</param>
    /// <param name="job">The job that this process is a rank of, if any.</param>
    public CommandLine(StopSignals signals, LineWriter output, RunLog log, Job? job = null)
    {
        _signals = signals;
        _output = output;
        _log = log;
        _job = job ?? new Job(null, output, log);
        _resume.CompletionSources.Add(ResumePoint.Auto);
        _resume.CompletionSources.Add(Completions.Runs);
        Command train = Configured<TrainCommand>(
            new Command("train", "Train the configured network; the default without a command."),
            without: [],
            "train --workers 8 --epochs 3 --lr 0.05",
            "train --preset two-block --output runs/first",
            "train --set Model:Layers:conv1:Filters=16 --dry-run");
        Configured<TrainCommand>(
            _root,
            without: [],
            "                                  # as ./appsettings.json says",
            "--workers 8 --epochs 3 --lr 0.05",
            "--preset two-block                # another network",
            "--optimizer adam --lr 0.001 --schedule cosine",
            "--set Model:Layers:conv1:Filters=16 --dry-run");
        foreach (Command training in (Command[])[_root, train])
        {
            training.Add(_dryRun);
            training.Add(_resume);
            training.Add(_allowChange);
            training.SetAction((result, _) => result.GetValue(_dryRun) ? DryRunAsync(result) : TrainAsync(result));
        }

        _root.Add(train);
        foreach (Command command in StartCommands.All(Printing, Writing))
        {
            _root.Add(command);
        }

        _root.Add(Verify());
        Command trace = Configured<TraceCommand>(
            new Command("trace", "Train up to a step and show it in detail: samples, leaves, the sum tree, the update.") { _step, _json },
            without: [.. Settings.OfPage, .. Settings.OfCluster, "Name", "Output:Directory", "Logging:Format"],
            "trace --step 1 --workers 2",
            "trace --step 401 --data sample    # the first of the second epoch",
            "trace --step 1 --json");
        trace.SetAction((result, _) => RunAsync<TraceCommand>(result, new TraceRequest(result.GetValue(_step), result.GetValue(_json))));
        _root.Add(trace);
        Command gradients = Configured<CheckGradientsCommand>(
            new Command("check-gradients", "Compare the gradient of every tensor of the network with central differences.") { _json },
            without: [.. Settings.OfPage, .. Settings.OfCluster, "Name", "Output:Directory", "Logging:Format", "Training:Epochs", "Training:LearningRate", "Pipeline:Workers"],
            "check-gradients",
            "check-gradients --preset two-block --data sample");
        gradients.SetAction((result, _) => RunAsync<CheckGradientsCommand>(result, new CheckGradientsRequest(result.GetValue(_json))));
        _root.Add(gradients);
        Command rates = Configured<FindLearningRateCommand>(
            new Command("find-lr", "Train a few hundred steps at rising rates, and suggest a learning rate to start with.") { _json },
            without: [.. Settings.OfPage, .. Settings.OfCluster, "Name", "Output:Directory", "Logging:Format", "Training:Epochs", "Training:LearningRate"],
            "find-lr",
            "find-lr --optimizer adam -b 128");
        rates.SetAction((result, _) => RunAsync<FindLearningRateCommand>(result, new FindLearningRateRequest(result.GetValue(_json))));
        _root.Add(rates);
        _root.Add(Bench());
        SweepCommands sweeps = new(_settings);
        foreach (Command command in sweeps.All((command, without, request, examples) => Sweeping(command, without, request, sweeps.Again, examples)))
        {
            _root.Add(command);
        }

        foreach (Command command in new ModelCommands(() => _output.Columns).All(Printing, Testing<EvaluateCommand>, Testing<ReportCommand>))
        {
            _root.Add(command);
        }

        _root.Add(ServeCommands.Create(Serving));
        _root.Add(DataCommands.Create(Data<DataGetCommand>, Data<DataListCommand>, Data<DataPathCommand>, Data<DataCheckCommand>));
        _root.Add(Printing("schema", "Print the JSON schema of configuration files.", _ => ConfigurationSchema.Text(), "schema > appsettings.schema.json"));
        _root.Add(Reference());
        _root.Add(Completion());
        _root.Add(new Directive(Invocation.DotnetRunDirective));

        _root.Add(_verbose);
        HelpOption help = _root.Options.OfType<HelpOption>().Single();
        Array.ForEach(["/?", "/h"], alias => help.Aliases.Remove(alias));       // paths, to all shells but one
        help.Description = "show this help; after a command, help on that command";
        help.Action = new HelpPage((HelpAction)help.Action!, _examples);
        _root.Options.OfType<VersionOption>().Single().Description = "show the version";
    }

    /// <summary>Runs the command that the arguments name.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="UsageException">The arguments cannot be understood.</exception>
    /// <exception cref="UnprintedException">What was asked for cannot be printed.</exception>
    public async Task<int> RunAsync(string[] arguments)
    {
        // Program handles signals and exceptions. Help, version and completions are the library's text, printed like any other.
        StringWriter text = new();
        int exitCode = await Parse(arguments).InvokeAsync(
            new InvocationConfiguration { Output = text, ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
        if (text.GetStringBuilder().Length > 0)
        {
            _output.WriteText(text.ToString().TrimEnd());
        }

        return exitCode;
    }

    /// <summary>Parses arguments without running a command.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <exception cref="UsageException">The arguments cannot be understood.</exception>
    public ParseResult Parse(string[] arguments)
    {
        ParseResult result = _root.Parse(arguments, Parser);
        if (result.Action is not null && UsageException.Empty(result) is { } empty)
        {
            throw empty;
        }

        return (result.Errors.Count > 0 && result.Action is ParseErrorAction or null) || UsageException.MistypedOption(result) is not null
            ? throw UsageException.Of(result)
            : result;
    }

    /// <summary>Whether to show stack traces.</summary>
    public bool IsVerbose(string[] arguments) => _root.Parse(arguments, Parser).GetValue(_verbose);

    /// <summary>A command with a configuration.</summary>
    private Command Configured<[DynamicallyAccessedMembers(Constructors)] TCommand>(
        Command command, IReadOnlyList<string> without, params string[] examples)
        where TCommand : class, ICommand
    {
        _settings.AddTo(command, without);
        command.SetAction((result, _) => RunAsync<TCommand>(result));
        _examples[command] = examples;
        return command;
    }

    /// <summary>A command that prints a text.</summary>
    private Command Printing(string name, string description, Func<ParseResult, string> text, params string[] examples) =>
        Printing(new Command(name, description), result => text(result).Split('\n'), examples);

    /// <summary>A command that prints lines.</summary>
    private Command Printing(Command command, Func<ParseResult, IEnumerable<string>> lines, params string[] examples)
    {
        command.SetAction(result =>
        {
            if (_settings.Given(result).FirstOrDefault().Option is { } option)
            {
                throw new UsageException($"'{option}' has no meaning for {command.Name}; leave it out.");
            }

            foreach (string line in lines(result))
            {
                _output.Write(line);
            }
        });
        _examples[command] = examples;
        return command;
    }

    /// <summary>A command that tests a model on a dataset: that of its run, unless options name another.</summary>
    private Command Testing<[DynamicallyAccessedMembers(Constructors)] TCommand>(
        Command command, Func<ParseResult, EvaluateRequest> request, params string[] examples)
        where TCommand : class, ICommand
    {
        Configured<TCommand>(
            command,
            [.. Settings.All.Select(setting => setting.Key).Where(key => key is not ("Data:Dataset" or "Data:Directory" or "Data:Download"))],
            examples);
        command.SetAction((result, _) =>
        {
            EvaluateRequest asked = request(result);
            ConfigurationSources sources = _settings.Read(result, asked.Model.Configuration(), isReplaceable: true);
            return RunHost.RunAsync<TCommand>(sources, _signals, _output, _log, _job, asked);
        });
        return command;
    }

    /// <summary>A command that runs until a signal comes, and has no configuration.</summary>
    private Command Serving(Command command, Func<ParseResult, ServeRequest> request, params string[] examples)
    {
        command.SetAction((result, _) => RunHost.RunAsync<ServeCommand>(ConfigurationSources.None, _signals, _output, _log, _job, request(result)));
        _examples[command] = examples;
        return command;
    }

    /// <summary>A command with several configurations.</summary>
    private Command Sweeping(
        Command command,
        IReadOnlyList<string> without,
        Func<ParseResult, SweepRequest> request,
        Func<ParseResult, (ConfigurationSources Sources, TrainRequest Request)?> again,
        params string[] examples)
    {
        Configured<SweepCommand>(command, without, examples);
        command.SetAction((result, _) =>
        {
            if (again(result) is var (sources, train))
            {
                return RunHost.RunAsync<TrainCommand>(sources, _signals, _output, _log, _job, train);
            }

            SweepRequest asked = request(result);
            return RunHost.RunAsync<SweepCommand>(asked.Plan.Trials[0].Sources, _signals, _output, _log, _job, asked);
        });
        return command;
    }

    /// <summary>A command that writes the configuration of its options, whatever is in the current folder.</summary>
    private Command Writing(Command command, Func<ParseResult, InitRequest> request, params string[] examples)
    {
        Configured<InitCommand>(command, without: [], examples);
        command.SetAction((result, _) => RunHost.RunAsync<InitCommand>(
            _settings.Read(result, ConfigurationFile.None, isReplaceable: true), _signals, _output, _log, _job, request(result)));
        return command;
    }

    private Command Verify()
    {
        Argument<string?> folder = new("RUN")
        {
            HelpName = "RUN",
            Arity = ArgumentArity.ZeroOrOne,
            Description = "folder of a run to repeat and compare; without it, several numbers of workers and kernels are compared",
        };
        folder.CompletionSources.Add(Completions.Runs);
        Command command = Configured<VerifyCommand>(
            new Command("verify", "Train with several numbers of workers and vector widths, or repeat a run, and compare the weights bit for bit.") { folder },
            without: [.. Settings.OfPage, .. Settings.OfCluster, "Name", "Output:Directory"],
            "verify",
            "verify --workers 1,2,3,8 --limit 4000",
            "verify runs/first --workers 8");
        command.SetAction((result, _) => result.GetValue(folder) is { } run ? VerifyRunAsync(result, run) : RunAsync<VerifyCommand>(result));
        return command;
    }

    private Command Bench()
    {
        BenchCommands bench = new(_json, _settings);
        Command command = Configured<BenchCommand>(bench.Create(), BenchCommands.Without, BenchCommands.Examples);
        command.SetAction((result, _) => bench.IsOfRanks(result) ? RunAsync<ClusterBenchCommand>(result, bench.Request(result)) : RunAsync<BenchCommand>(result, bench.Request(result)));
        return command;
    }

    private Task<int> DryRunAsync(ParseResult result) => result.GetValue(_resume) is null && result.GetValue(_allowChange) is null or []
        ? RunAsync<DryRunCommand>(result)
        : throw new UsageException("--dry-run shows what a new run would train; leave --resume and --allow-change out.");

    private Task<int> TrainAsync(ParseResult result)
    {
        string[] allowed = result.GetValue(_allowChange) ?? [];
        if (result.GetValue(_resume) is not { } named)
        {
            return allowed.Length == 0
                ? RunAsync<TrainCommand>(result, new TrainRequest(null, [], result.GetValue(_verbose)))
                : throw new UsageException("--allow-change has a meaning only with --resume; leave it out.");
        }

        if (!_job.IsFirst)
        {
            return RunHost.RunAsync<TrainCommand>(
                _settings.Read(result, ConfigurationFile.None, isReplaceable: true), _signals, _output, _log, _job, new TrainRequest(null, allowed, IsVerbose: false) { IsResumed = true });
        }

        // A resumed run has its own configuration, whatever is in the current folder; options may change harmless keys.
        string? output = _settings.Read(result, ConfigurationFile.None, isReplaceable: true).CommandLine.GetValueOrDefault("Output:Directory");
        ResumePoint? point = ResumePoint.Find(named, output);
        ConfigurationFile? own = point is { HasBegun: true } ? ConfigurationFile.Find(Path.Combine(point.Run, ResolvedConfiguration.Name)) : null;
        ConfigurationSources sources = _settings.Read(result, own, isReplaceable: true);
        return RunHost.RunAsync<TrainCommand>(sources, _signals, _output, _log, _job, new TrainRequest(point, allowed, result.GetValue(_verbose)) { FoundNone = point is null, IsResumed = true });
    }

    private Task<int> VerifyRunAsync(ParseResult result, string folder)
    {
        RecordedRun recorded = RecordedRun.Read(folder);
        return RunHost.RunAsync<VerifyRunCommand>(_settings.Read(result, recorded.Configuration), _signals, _output, _log, _job, recorded);
    }

    private Command Data<[DynamicallyAccessedMembers(Constructors)] TCommand>(
        Command command, Func<ParseResult, DataRequest> request, params string[] examples)
        where TCommand : class, ICommand
    {
        Configured<TCommand>(command, [.. Settings.All.Select(setting => setting.Key).Where(key => key != "Logging:Format")], examples);
        command.SetAction((result, _) => RunAsync<TCommand>(result, request(result)));
        return command;
    }

    /// <summary>A command that prints a generated page of the documentation, as <c>schema</c> prints its file.</summary>
    private Command Reference()
    {
        Dictionary<string, Func<string>> pages = new()
        {
            ["commands"] = () => new CommandReference(_root, _examples).Text(),
            ["configuration"] = ConfigurationReference.Text,
        };
        Argument<string> page = new("page") { Description = string.Join(", ", pages.Keys) };
        page.CompletionSources.Add([.. pages.Keys]);
        Command command = Printing(
            "reference",
            "Print a page of the documentation generated from the program itself, in Markdown.",
            result => result.GetRequiredValue(page) is var name && pages.TryGetValue(name, out Func<string>? text)
                ? text()
                : throw new UsageException($"'{name}' is not a page; {NearestName.Hint(name, pages.Keys)}"),
            "reference commands");
        command.Add(page);
        return command;
    }

    private Command Completion()
    {
        Argument<string> shell = new("shell") { Description = string.Join(", ", Completions.Shells) };
        shell.CompletionSources.Add([.. Completions.Shells]);
        Command command = Printing(
            "completion",
            "Print the script with which a shell completes commands, options and keys.",
            result => Completions.ScriptFor(result.GetRequiredValue(shell)),
            "completion bash    # its first line says where it goes");
        command.Add(shell);
        return command;
    }

    private Task<int> RunAsync<[DynamicallyAccessedMembers(Constructors)] TCommand>(
        ParseResult result, object? request = null)
        where TCommand : class, ICommand =>
        RunHost.RunAsync<TCommand>(_settings.Read(result), _signals, _output, _log, _job, request);
}
