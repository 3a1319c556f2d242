using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Output;
using ConvNN.App.Runs;
using ConvNN.Model.Layers;
using ConvNN.Model.Options;

namespace ConvNN.App.Commands.Models;

/// <summary>What differs between runs: configuration, data, machine, epochs and result.</summary>
internal sealed class RunsComparison
{
    private const string None = "–";

    private const string Layers = "Model:Layers:";

    // What came out, in the order in which it is shown.
    private static readonly RunColumn[] Shown =
        [.. ((string[])["validation_accuracy", "accuracy", "loss", "epochs", "outcome", "parameters", "seconds"]).Select(name => RunColumn.Find(name, "--sort"))];

    private readonly (RunFacts Run, Dictionary<string, string> Facts, IReadOnlyList<HistoryRow> History)[] _runs;
    private readonly bool _hasOtherLayers;

    /// <summary>Reads the runs.</summary>
    /// <param name="folders">Their folders, at least two.</param>
    /// <exception cref="RunFileException">One of them is not a run folder.</exception>
    /// <exception cref="ConfigurationException">The configuration of one of them cannot be read.</exception>
    public RunsComparison(IEnumerable<string> folders)
    {
        _runs = [.. folders.Select(Read)];

        // Layer by layer, networks of the same kinds of layers are compared; others would differ in nearly every key.
        _hasOtherLayers = _runs.Select(run => string.Join(' ', LayersOf(run.Run).Select(layer => layer.Type))).Distinct().Count() > 1;
    }

    /// <summary>The folders.</summary>
    public IReadOnlyList<string> Folders => [.. _runs.Select(run => run.Run.Folder)];

    /// <summary>What is known about each run.</summary>
    public IReadOnlyList<RunFacts> Facts => [.. _runs.Select(run => run.Run)];

    /// <summary>A short name for each run: the configuration's if all are different, or else that of the folder.</summary>
    public IReadOnlyList<string> Labels =>
        new[] { [.. _runs.Select(run => run.Facts.GetValueOrDefault("Name", ""))], (string[])[.. Folders.Select(folder => Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)))] }
            .FirstOrDefault(names => names.Distinct().Count() == names.Length && !names.Contains(""), [.. Folders]);

    /// <summary>The epochs of each run.</summary>
    public IReadOnlyList<IReadOnlyList<HistoryRow>> Histories => [.. _runs.Select(run => run.History)];

    /// <summary>A row for each result: its name, and its value in each run.</summary>
    public IEnumerable<string[]> Results => Shown.Where(column => _runs.Any(run => column.Of(run.Run) is not null))
        .Select(column => (string[])[TitleOf(column), .. _runs.Select(run => column.Cell(run.Run))]);

    /// <summary>A row for each fact that differs: its name, and its value in each run. The configuration comes first, then the rest.</summary>
    public IEnumerable<string[]> Differences => _runs.SelectMany(run => run.Facts.Keys).Distinct().OrderBy(IsOfMachine)
        .Where(key => !(_hasOtherLayers && key.StartsWith(Layers, StringComparison.Ordinal)))
        .Where(key => _runs.Select(run => run.Facts.GetValueOrDefault(key)).Distinct().Count() > 1)
        .Select(key => (string[])[key, .. _runs.Select(run => run.Facts.GetValueOrDefault(key, None))]);

    /// <summary>The network of each run in a line, if they have other kinds of layers; empty otherwise.</summary>
    public IReadOnlyList<string> Networks => !_hasOtherLayers ? []
        : [.. _runs.Select(run => string.Join(" → ", LayersOf(run.Run).Select(layer => $"{layer.Type} {layer.Summary}".TrimEnd())))];

    /// <summary>Why the test accuracy of some runs is missing; null if it is not.</summary>
    public string? Note => _runs.Any(run => run.Run.HidesTest) ? $"Trials {RunsReport.HiddenTest}." : null;

    /// <summary>The results and differences as a table, with the accuracy after each epoch.</summary>
    /// <param name="width">The maximum width of a line; where folders are too long for it, numbers stand for them.</param>
    public IEnumerable<string> Lines(int width = int.MaxValue)
    {
        TextTable table = Table(Folders);
        bool fits = table.Width <= width;
        string[] names = [.. fits ? Folders : Folders.Index().Select(run => $"{run.Index + 1}")];
        return
        [
            .. fits ? table.Lines() : [.. Folders.Index().Select(run => $"{run.Index + 1}  {run.Item}"), "", .. Table(names).Lines(width)],
            .. Networks.Zip(names).SelectMany(network => Fold.Lines("network", $"{network.Second}: {network.First}", width)),
            .. Note is { } note ? Fold.Lines("note", note, width) : [],
        ];
    }

    private TextTable Table(IEnumerable<string> titles) => new TextTable(titles.Prepend("").Select(title => TextColumn.Word(title)))
        .AddAll(Results)
        .Add("weights", Weights())
        .AddAll(Differences)
        .AddAll(Enumerable.Range(0, _runs.Max(run => run.History.Count)).Select(epoch => (string[])
        [
            $"epoch {epoch + 1}: {(Note is null ? "test" : "validation")} accuracy",
            .. _runs.Select(run => epoch < run.History.Count && run.History[epoch][Note is null ? "test_accuracy" : "validation_accuracy"] is { } accuracy ? Figures.Percent(accuracy) : None),
        ]));

    /// <summary>How far the weights of all runs are the same.</summary>
    private string Weights()
    {
        int common = _runs.Min(run => run.History.Count);
        int same = Enumerable.Range(0, common).TakeWhile(epoch => _runs.Select(run => run.History[epoch].WeightsSha256).Distinct().Count() == 1).Count();
        return same == common && common > 0 ? $"equal, bit for bit, after each of {common} epochs"
            : same == 0 ? "differ from the first epoch on"
            : $"equal up to epoch {same}, then different";
    }

    private static (RunFacts Run, Dictionary<string, string> Facts, IReadOnlyList<HistoryRow> History) Read(string folder)
    {
        RunRecord record = RunRecord.Read(folder);
        ConfigurationFile configuration = ConfigurationFile.Find(Path.Combine(folder, ResolvedConfiguration.Name));
        Dictionary<string, string> facts = configuration.Root.Values().Where(value => value.Node.Text is not null).ToDictionary(value => value.Key, value => value.Node.Text!, StringComparer.Ordinal);
        foreach ((string file, string hash) in record.Dataset.Sha256)
        {
            facts[$"dataset {file}"] = hash[..12];
        }

        facts["version"] = record.Version;
        facts["machine"] = $"{record.Runtime}, {record.Architecture}, {record.Cores} cores";
        facts["kernels"] = record.Kernels;
        facts["workers"] = $"{record.Workers}";
        IReadOnlyList<HistoryRow> history = HistoryReader.ReadRows(Path.Combine(folder, HistoryFile.Name));
        RunFacts run = RunFacts.Read(folder);
        return (run, facts, run.HidesTest ? [.. history.Select(WithoutTest)] : history);
    }

    private static HistoryRow WithoutTest(HistoryRow row) =>
        row with { Figures = row.Figures.Where(figure => !figure.Key.StartsWith("test_", StringComparison.Ordinal)).ToDictionary() };

    private static IReadOnlyList<LayerOptions> LayersOf(RunFacts run) => run.Configuration?.Layers ?? [];

    private static string TitleOf(RunColumn column) => column.Name switch
    {
        "accuracy" or "loss" => $"test {column.Name}",
        var name => name.Replace('_', ' '),
    };

    // The configuration first, also the keys that only some of them have.
    private static bool IsOfMachine(string key) => char.IsLower(key[0]);
}
