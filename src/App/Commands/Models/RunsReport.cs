using System.Text.Json.Nodes;
using ConvNN.App.Output;
using ConvNN.App.Runs;

namespace ConvNN.App.Commands.Models;

/// <summary>A list of the runs in a folder.</summary>
/// <param name="folder">The folder.</param>
internal sealed class RunsReport(string folder)
{
    // Columns in which no run differs are dropped before all others.
    private const int Alike = 100;

    private const string Fault = "fault";

    /// <summary>Why there is no test accuracy.</summary>
    public const string HiddenTest = "of a sweep are compared by validation accuracy; their test accuracy is not shown, so that nobody chooses by it";

    /// <summary>What a run must pass to be listed.</summary>
    public IReadOnlyList<RunFilter> Filters { get; init; } = [];

    /// <summary>The column to sort by; null for the newest first.</summary>
    public RunColumn? SortBy { get; init; }

    /// <summary>Whether the largest value comes first.</summary>
    public bool IsDescending { get; init; }

    /// <summary>A line for each run.</summary>
    /// <param name="width">The maximum width of a line; columns that do not fit are left out.</param>
    public IEnumerable<string> Lines(int width = int.MaxValue)
    {
        IReadOnlyList<RunFacts> runs = Read();
        if (runs.Count == 0)
        {
            return [$"{folder}: {(ModelLocation.RunsIn(folder).Count == 0 ? $"there are no runs yet; {Invocation.Of("train")} begins one" : "no run is as --where says; leave it out to see all")}"];
        }

        RunColumn[] columns = [.. RunColumn.All.Where(column => !column.IsLeftOut(runs))];
        return new TextTable(columns.Select(column => new TextColumn(column.Title) { IsWord = column.IsWord, Goes = Goes(column, runs) }))
            .AddAll(runs.Select(run => run.Record is null ? (string[])[run.Folder, $"damaged: {run.Fault}"] : [.. columns.Select(column => column.Cell(run))]))
            .Lines(width)
            .Concat(runs.Any(run => run.HidesTest) ? Fold.Lines("trials", HiddenTest, width) : [])
            .Concat(runs.Select(ResumeOf).OfType<string>().Select(command => $"resume  {command}"));
    }

    /// <summary>The same as JSON, with all values.</summary>
    public string Json() => ReadableJson.Of(new JsonArray([.. Read().Select(run =>
    {
        JsonObject values = new(RunColumn.All.Where(column => run.Record is not null || column.Of(run) is not null).Select(column => KeyValuePair.Create(column.Name, JsonOf(column, run))));
        values[run.Record is null ? Fault : "resume"] = run.Record is null ? run.Fault : ResumeOf(run);
        return values;
    })]));

    /// <summary>The same as CSV, with all values.</summary>
    public IEnumerable<string> Csv() =>
        Read().Select(run => Output.Csv.Line([.. RunColumn.All.Select(column => column.Text(run)), run.Fault]))
            .Prepend(Output.Csv.Line([.. RunColumn.All.Select(column => column.Name), Fault]));

    private IReadOnlyList<RunFacts> Read()
    {
        IEnumerable<RunFacts> runs = ModelLocation.RunsIn(folder).Select(RunFacts.Read).Where(run => Filters.All(filter => filter.Passes(run)));
        if (SortBy is not { } column)
        {
            return [.. runs];
        }

        // Runs without the value come last, whichever way the others are sorted.
        RunFacts[] known = [.. runs.Where(run => column.Of(run) is not null)];
        IEnumerable<RunFacts> sorted = column.IsWord ? known.OrderBy(column.Text, StringComparer.Ordinal) : known.OrderBy(column.Number);
        return [.. IsDescending ? sorted.Reverse() : sorted, .. runs.Where(run => column.Of(run) is null)];
    }

    private int Goes(RunColumn column, IReadOnlyList<RunFacts> runs) =>
        column.Goes == 0 || column == SortBy || Filters.Any(filter => filter.Column == column) ? 0
        : column.Goes + (runs.Count > 1 && runs.Where(run => run.Record is not null).Select(column.Text).Distinct().Count() <= 1 ? Alike : 0);

    private static JsonNode? JsonOf(RunColumn column, RunFacts run) =>
        column.Of(run) is null ? null : column.IsWord ? column.Text(run) : JsonNode.Parse(column.Text(run));

    private static string? ResumeOf(RunFacts run) => run.Record is { Result.Outcome: ResultRecord.Interrupted } ? Invocation.Resuming(run.Folder) : null;
}
