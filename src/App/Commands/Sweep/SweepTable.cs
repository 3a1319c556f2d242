using ConvNN.App.Log.Events;
using ConvNN.App.Output;
using ConvNN.Data;
using static ConvNN.App.Output.Figures;

namespace ConvNN.App.Commands.Sweep;

/// <summary>
/// The table of a sweep: a row for each configuration and point. If keys are varied and there is a validation set, rows are
/// sorted by validation accuracy, complete ones first, then those that were stopped later. Only the first row then shows its test
/// accuracy, so that nobody chooses by it.
/// </summary>
internal sealed class SweepTable
{
    private const int ShortHash = 12;
    private const string None = "–";
    private const string Epochs = "epochs";
    private const string Weights = "weights";

    private readonly List<(string Title, bool IsWord, Func<SweepResult, string> Cell)> _columns = [];

    /// <summary>Chooses rows and columns.</summary>
    /// <param name="results">The results.</param>
    public SweepTable(IReadOnlyList<SweepResult> results)
    {
        string[] keys = [.. results.SelectMany(result => result.Point.Values).Select(pair => pair.Key).Distinct()];
        bool hasValidation = results.Any(result => result.Validation is not null);
        IsChosenByValidation = keys.Length > 0 && hasValidation;
        Results = !IsChosenByValidation ? results :
        [
            .. results.OrderByDescending(result => result.Done.Count == result.Rows.Count)
                .ThenByDescending(result => result.StoppedAfter ?? int.MaxValue)
                .ThenByDescending(result => result.Validation?.Mean ?? -1),
        ];
        IsShared = results.Any(result => result.IsShared);
        string mark = IsShared ? "*" : "";

        Add("configuration", result => result.Name, isWord: true);
        foreach (string key in keys)
        {
            Add(Variation.ShortKeyOf(key), result => result.Point.Values.FirstOrDefault(pair => pair.Key == key).Value ?? None);
        }

        if (results.Select(result => result.Dataset).OfType<string>().Distinct().ToArray() is { Length: > 1 } or ["sample"])
        {
            Add("dataset", result => result.Dataset is { } name ? name == PublishedDataset.Sample.Name ? "SAMPLE" : name : None, isWord: true);
        }

        Add("parameters", result => result.Parameters is { } count ? $"{count:N0}" : None);
        IsHalved = results.Any(result => result.StoppedAfter is not null);
        Add(Epochs, result => result.Epochs is { } epochs ? $"{epochs.Mean:0.#}{(result.StoppedAfter is null ? "" : " (stopped)")}" : None);
        if (hasValidation)
        {
            Add("validation accuracy", result => Accuracy(result, result.Validation));
        }

        Add("test accuracy", result => IsChosenByValidation && result != Results[0] ? "" : Accuracy(result, result.Test));
        Add($"seconds{mark}", result => result.Seconds is { } seconds ? $"{seconds.Mean:0.0}" : None);
        Add($"images/s{mark}", result => result.ImagesPerSecond is { } speed ? $"{speed.Mean:N0}" : None);
        Add(Weights, result => result.WeightsSha256?[..ShortHash] ?? None, isWord: true);
    }

    /// <summary>The results in the order of the rows.</summary>
    public IReadOnlyList<SweepResult> Results { get; }

    /// <summary>Whether the rows are sorted by validation accuracy, and only the first one shows its test accuracy.</summary>
    public bool IsChosenByValidation { get; }

    /// <summary>Whether some rows were stopped before their last epoch.</summary>
    public bool IsHalved { get; }

    /// <summary>Whether times were measured while other trials ran.</summary>
    public bool IsShared { get; }

    /// <summary>The notes below the table in Markdown.</summary>
    public IEnumerable<string> Notes =>
    [
        .. IsChosenByValidation ? ["chosen by validation; only the first row shows its test accuracy"] : Array.Empty<string>(),
        .. IsShared ? ["* with one worker for each trial, side by side with others; --alone measures them one after another, with all workers"] : Array.Empty<string>(),
    ];

    /// <summary>The unrounded figures of a row, the name of its configuration first.</summary>
    /// <param name="row">The row, from 0.</param>
    public IReadOnlyList<Field> FiguresOf(int row)
    {
        SweepResult result = Results[row];
        bool isTestShown = !IsChosenByValidation || row == 0;
        return
        [
            new("configuration", result.Name),
            .. result.Point.Values.Select(pair => new Field(pair.Key, pair.Value)),
            new("dataset", result.Dataset),
            new("parameters", result.Parameters),
            new("epochs", result.Epochs?.Mean),
            .. IsHalved ? [new("stopped_after", result.StoppedAfter)] : Array.Empty<Field>(),
            new("trials", result.Done.Count),
            new("validation_accuracy", result.Validation?.Mean),
            new("validation_accuracy_sd", result.Validation?.Deviation),
            .. isTestShown ? [new("test_accuracy", result.Test?.Mean), new("test_accuracy_sd", result.Test?.Deviation)] : Array.Empty<Field>(),
            new("seconds", result.Seconds is { } seconds ? Math.Round(seconds.Mean, 3) : null),
            new("images_per_second", result.ImagesPerSecond is { } speed ? Math.Round(speed.Mean) : null),
            new("alone", result.IsAlone),
            new("weights_sha256", result.WeightsSha256),
        ];
    }

    /// <summary>
    /// The table in lines that fit, and the notes on what they show. If there is little room, titles are short, and columns are dropped from the
    /// right. Name and accuracy always stay; the weights, by which a trial is trained again, and where a row was stopped stay longest.
    /// </summary>
    /// <param name="columns">The maximum width of a line.</param>
    public IEnumerable<string> Lines(int columns)
    {
        TextTable whole = Table(isShort: false), table = whole.Width <= columns ? whole : Table(isShort: true);
        bool isTimeShown = table.Shown(columns).Any(column => _columns[column].Title.EndsWith('*'));
        return [.. table.Lines(columns), .. Notes.Where(note => note[0] != '*' || isTimeShown).SelectMany(note => Fold.Lines("", note, columns))];
    }

    private TextTable Table(bool isShort)
    {
        int kept = _columns.FindIndex(IsAccuracy);
        return new TextTable(_columns.Select((column, place) => new TextColumn(isShort ? column.Title.Replace(" accuracy", "", StringComparison.Ordinal) : column.Title)
        {
            IsWord = column.IsWord,
            Goes = place == 0 || place == kept ? 0 : column.Title == Weights ? 1 : IsAccuracy(column) || (IsHalved && column.Title == Epochs) ? place : place + _columns.Count,
        })).AddAll(Cells()[1..]);

        static bool IsAccuracy((string Title, bool, Func<SweepResult, string>) column) => column.Title.EndsWith("accuracy", StringComparison.Ordinal);
    }

    /// <summary>The table in Markdown.</summary>
    public IEnumerable<string> Markdown()
    {
        string[][] cells = Cells();
        yield return Row(cells[0]);
        yield return $"|{string.Concat(_columns.Select(column => column.IsWord ? "---|" : "---:|"))}";
        foreach (string[] row in cells.Skip(1))
        {
            yield return Row(row);
        }

        foreach (string note in Notes)
        {
            yield return "";
            yield return note.Replace("*", "\\*", StringComparison.Ordinal);
        }

        static string Row(string[] cells) => $"| {string.Join(" | ", cells.Select(cell => Untied(cell).Replace("|", "\\|", StringComparison.Ordinal)))} |";
    }

    private string[][] Cells() =>
    [
        [.. _columns.Select(column => column.Title)],
        .. Results.Select(result => (string[])[.. _columns.Select(column => column.Cell(result))]),
    ];

    private static string Accuracy(SweepResult result, MeanAndDeviation? spread)
    {
        int there = result.Done.Count;
        string of = there < result.Rows.Count ? $" ({there} of {result.Rows.Count})" : "";
        return spread is not { } known ? None + of
            : known.Deviation is { } deviation ? $"{100 * known.Mean:0.00} ± {100 * deviation:0.00}{Fold.Tie}%{of}"
            : $"{Percent(known.Mean)}{of}";
    }

    private void Add(string title, Func<SweepResult, string> cell, bool isWord = false) => _columns.Add((title, isWord, cell));
}
