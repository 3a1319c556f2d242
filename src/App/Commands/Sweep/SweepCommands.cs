using System.CommandLine;
using System.Globalization;
using ConvNN.App.Commands.Options;
using ConvNN.App.Commands.Train;
using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Output;
using ConvNN.Model.Options;

namespace ConvNN.App.Commands.Sweep;

/// <summary>Describes <c>convnn sweep</c> and <c>convnn leaderboard</c>, which is a sweep of the presets.</summary>
internal sealed class SweepCommands
{
    /// <summary>The folder of <c>sweep.csv</c> if no other is named.</summary>
    public const string DefaultFolder = "sweeps";

    private const string FolderKey = "Output:Directory";
    private const string PresetSeeds = "1-5";
    private const string PresetFiles = "config/*.json";
    private const int MaxParallel = 1024;

    private static readonly Dictionary<string, SweepKeep> Keeps = new() { ["best"] = SweepKeep.Best, ["all"] = SweepKeep.All };

    private readonly Argument<string[]> _files = new("CONFIG")
    {
        Arity = ArgumentArity.ZeroOrMore,
        Description = "configuration files, such as config/*.json; by default, that of train; for leaderboard, the presets",
    };

    private readonly Option<string?> _seeds = new("--seeds") { HelpName = "LIST", Description = "seeds to train each configuration with: 1-5, or 1,3,7" };
    private readonly Option<string[]> _vary = new("--vary")
    {
        HelpName = "KEY=V1,V2",
        Description = "values to try for a key of --set; repeat it for all combinations; separate values that are lists by semicolons",
    };

    private readonly Option<string?> _random = new("--random") { HelpName = "N", Description = "try N random combinations; values are drawn from a range such as --vary Training:LearningRate=0.001..0.1" };
    private readonly Option<string?> _randomSeed = new("--random-seed") { HelpName = "N", Description = "seed of the random combinations; 1 by default" };
    private readonly Option<string?> _parallel = new("--parallel") { HelpName = "N", Description = "trials at a time, with one worker each, on each rank of a cluster; by default, as many as there are cores for it" };
    private readonly Option<bool> _alone = new("--alone") { Description = "one trial after another, with the workers of its configuration, for comparable times" };
    private readonly Option<string?> _part = new("--part") { HelpName = "K/N", Description = "run only part K of N, for parallel jobs; each part has its own file, and the table shows all parts; auto in a job array of Slurm or Grid Engine" };
    private readonly Option<string?> _keep = new("--keep")
    {
        HelpName = "best|all",
        Description = "keep the run folder of the best trial, or of all, in the folder trials beside sweep.csv",
    };

    private readonly Option<bool> _halving = new("--halving")
    {
        Description = "stop hopeless trials early: after a few epochs the better half by validation accuracy goes on for twice as many, and so on",
    };

    private readonly Option<string?> _train = new("--train")
    {
        HelpName = "ROW",
        Description = "train a row of sweep.csv again, as a run that ends in the row's weights; ROW is the beginning of their hash",
    };

    private readonly Option<bool> _table = new("--table") { Description = "run nothing; print the table of the existing rows" };
    private readonly Option<bool> _json = new("--json") { Description = "print one JSON document, and nothing else" };
    private readonly Option<bool> _markdown = new("--markdown") { Description = "print the table in Markdown, and nothing else" };
    private readonly Option<bool> _csv = new("--csv") { Description = "print the table as CSV, and nothing else; leaderboard --csv prints config/presets.csv" };
    private readonly Option<string[]> _output = new("--output", "-o") { HelpName = "DIR", Description = $"folder of sweep.csv; without it, {DefaultFolder}" };

    private readonly SettingOptions _settings;

    /// <summary>Describes the options.</summary>
    /// <param name="settings">The options of a configuration.</param>
    public SweepCommands(SettingOptions settings)
    {
        _settings = settings;
        _vary.CompletionSources.Add(settings.Completed);
        _keep.CompletionSources.Add([.. Keeps.Keys]);
        _part.CompletionSources.Add(SweepPart.Auto);
        _train.CompletionSources.Add(
            _ => SweepFile.ReadAll(DefaultFolder).Where(row => row.WeightsSha256 is not null).Select(SweepTrials.NameOf).Distinct());
    }

    /// <summary>Gives a command its options and its action.</summary>
    public delegate Command Configure(Command command, IReadOnlyList<string> without, Func<ParseResult, SweepRequest> request, params string[] examples);

    /// <summary>The row that a command line asks to train again, as a run; null if it asks for a sweep.</summary>
    /// <param name="result">The command line.</param>
    /// <exception cref="UsageException">There is no such row, or options of a sweep are given.</exception>
    /// <exception cref="RunFileException">The rows cannot be read, or the row's configuration is not there.</exception>
    public (ConfigurationSources Sources, TrainRequest Request)? Again(ParseResult result)
    {
        if (result.GetValue(_train) is not { } digits)
        {
            return null;
        }

        System.CommandLine.Option[] others = [_seeds, _vary, _random, _randomSeed, _parallel, _alone, _part, _halving, _keep, _table, _json, _markdown, _csv];
        if (result.GetValue(_files) is { Length: > 0 } || _settings.HasFile(result) || others.Any(option => result.GetResult(option) is { Implicit: false }))
        {
            throw new UsageException("--train trains one row with the configuration that the row has; leave configurations and options of a sweep out.");
        }

        string folder = result.GetValue(_output) is [.., { } given] ? given : DefaultFolder;
        TrialRow row = RowAgain.Find(folder, digits);
        ConfigurationSources sources = _settings.Read(result, RowAgain.ConfigurationOf(folder, row));

        // The folder is that of the rows; the run gets one of its own.
        OrderedDictionary<string, string?> options = new(sources.CommandLine, StringComparer.OrdinalIgnoreCase);
        options.Remove(FolderKey);
        return (sources with { CommandLine = options }, new TrainRequest(null, [], IsVerbose: false) { Expected = RowAgain.Expected(folder, row) });
    }

    /// <summary>The commands.</summary>
    /// <param name="configure">Configures one.</param>
    public IEnumerable<Command> All(Configure configure)
    {
        yield return Of(
            new Command("sweep", "Train many configurations and seeds, and compare them in a table; trials that have a row in sweep.csv are not run again."),
            configure,
            isLeaderboard: false,
            "sweep config/*.json --seeds 1-5 --alone",
            "sweep --vary Training:LearningRate=0.03,0.1 --vary Training:BatchSize=10,64 --seeds 1-3 --set Data:Validation=0.1",
            "sweep --vary Training:LearningRate=0.001..0.3 --random 20 --part 1/4",
            "sweep --vary Training:LearningRate=0.03,0.1 --keep best --set Data:Validation=0.1");
        yield return Of(
            new Command("leaderboard", $"Train every preset with seeds {PresetSeeds}, one after another: sweep {PresetFiles} --seeds {PresetSeeds} --alone."),
            configure,
            isLeaderboard: true,
            "leaderboard",
            "leaderboard --table --markdown",
            "leaderboard --csv");
    }

    /// <summary>The presets: those in the current folder, or else those next to the program.</summary>
    /// <exception cref="UsageException">There are none.</exception>
    internal static IReadOnlyList<string> Presets()
    {
        IReadOnlyList<string> files = ConfigurationFile.Matching(PresetFiles);
        return files is [PresetFiles]
            ? throw new UsageException($"there are no presets, ./{PresetFiles}, here or next to the program; name configuration files.")
            : files;
    }

    private Command Of(Command command, Configure configure, bool isLeaderboard, params string[] examples)
    {
        command.Add(_files);
        System.CommandLine.Option[] options =
            [_seeds, _vary, _random, _randomSeed, _parallel, _alone, _part, _halving, _keep, _train, _table, _json, _markdown, _csv, _output];
        foreach (System.CommandLine.Option option in options)
        {
            command.Add(option);
        }

        return configure(command, [.. Settings.OfPage, "Name", FolderKey, "Training:Seed"], result => Request(result, isLeaderboard), examples);
    }

    private SweepRequest Request(ParseResult result, bool isLeaderboard)
    {
        int? parallel = Number(result, _parallel, MaxParallel);
        bool isAlone = result.GetValue(_alone);
        if (isAlone && parallel is not null)
        {
            throw new UsageException("--alone is one trial after another, --parallel several at a time; leave one of them out.");
        }

        if (result.GetValue(_halving) && result.GetValue(_part) is not null)
        {
            throw new UsageException("--halving compares all trials, and --part runs some of them; leave one of them out.");
        }

        List<ConfigurationSources> files = Sources(result, isLeaderboard);
        IReadOnlyList<ulong>? seeds = result.GetValue(_seeds) is { } list ? SeedList.Parse(list) : isLeaderboard ? SeedList.Parse(PresetSeeds) : null;
        return new SweepRequest(
            SweepPlan.Read(files, Points(result), seeds),
            files[0].CommandLine.GetValueOrDefault(FolderKey) ?? DefaultFolder,
            result.GetValue(_part) is { } part ? SweepPart.Parse(part) : SweepPart.Whole)
        {
            Parallel = isAlone || (isLeaderboard && parallel is null) ? null : parallel ?? Environment.ProcessorCount,
            IsByCores = parallel is null,
            Keep = Keep(result),
            IsHalving = result.GetValue(_halving),
            IsTableOnly = result.GetValue(_table),
            IsJson = result.GetValue(_json),
            IsMarkdown = result.GetValue(_markdown),
            IsCsv = result.GetValue(_csv),
        };
    }

    private IReadOnlyList<SweepPoint> Points(ParseResult result)
    {
        Variation[] variations = [.. (result.GetValue(_vary) ?? []).Select(Variation.Parse)];
        return Number(result, _random, SeedList.MaxCount) is { } count
            ? SweepGrid.Random(variations, count, (ulong)(Number(result, _randomSeed, int.MaxValue) ?? 1))
            : SweepGrid.All(variations);
    }

    /// <summary>The sources of each file; all failures are reported together.</summary>
    private List<ConfigurationSources> Sources(ParseResult result, bool isLeaderboard)
    {
        string[] named = result.GetValue(_files) ?? [];
        if (named.Length > 0 && _settings.HasFile(result))
        {
            throw new UsageException($"name configurations with --config or without, not both: {Invocation.Of($"sweep {string.Join(' ', named.Select(Invocation.Quoted))}")}");
        }

        if (named.Length == 0 && (!isLeaderboard || _settings.HasFile(result)))
        {
            return [_settings.Read(result)];
        }

        List<Failure> failures = [];
        List<ConfigurationSources> sources = [];
        foreach (string file in named.Length > 0 ? named.SelectMany(ConfigurationFile.Matching).DistinctBy(Path.GetFullPath) : Presets())
        {
            try
            {
                sources.Add(_settings.Read(result, ConfigurationFile.Find(file)));
            }
            catch (ConfigurationException wrong)
            {
                failures.AddRange(wrong.Failures);
            }
        }

        return failures.Count == 0 ? sources : throw new ConfigurationException(failures);
    }

    private SweepKeep Keep(ParseResult result) => result.GetValue(_keep) switch
    {
        null => SweepKeep.None,
        string word when Keeps.TryGetValue(word, out SweepKeep keep) => keep,
        string word => throw new UsageException($"--keep is {ShownValue.Of(word)}; it must be best or all."),
    };

    private static int? Number(ParseResult result, Option<string?> option, int maximum) => result.GetValue(option) switch
    {
        null => null,
        string text when int.TryParse(text, NumberStyles.None, null, out int number) && number >= 1 && number <= maximum => number,
        string text => throw new UsageException($"{option.Name} is {ShownValue.Of(text)}; it must be a whole number between 1 and {maximum:N0}."),
    };
}
