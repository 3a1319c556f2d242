using System.Text.Json.Nodes;
using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Output;
using ConvNN.App.Runs;
using static ConvNN.App.Output.Figures;
using static ConvNN.App.Output.TextColumn;

namespace ConvNN.App.Commands.Models;

/// <summary>A list of the runs in a folder, and a comparison of two runs.</summary>
internal static class RunsReport
{
    /// <summary>A line for each run, newest first.</summary>
    /// <param name="folder">The folder.</param>
    public static IEnumerable<string> List(string folder)
    {
        IReadOnlyList<string> runs = ModelLocation.RunsIn(folder);
        if (runs.Count == 0)
        {
            return [$"{folder}: there are no runs yet; {Invocation.Of("train")} begins one"];
        }

        return new TextTable(Word("run"), Word("started (UTC)"), Word("outcome"), new("epochs"), Word("dataset"), new("accuracy"), Word("weights"))
            .AddAll(runs.Select(run => Try(run) switch
            {
                ({ Result: { } result } record, _) => (string[])[run, $"{record.StartedUtc:yyyy-MM-dd HH:mm}", result.Outcome, $"{result.Epochs}", record.Dataset.Name, Accuracy(record), result.WeightsSha256?[..12] ?? ""],
                (_, string fault) => [run, $"damaged: {fault}"],
            }))
            .Lines()
            .Concat(runs.Where(run => Try(run).Record is { Result.Outcome: ResultRecord.Interrupted }).Select(run => $"resume  {Invocation.Resuming(run)}"));
    }

    /// <summary>The record of a run, or what is wrong with it: one damaged run must not hide the others.</summary>
    private static (RunRecord? Record, string Fault) Try(string run)
    {
        try
        {
            return (RunRecord.Read(run), "");
        }
        catch (RunFileException damaged)
        {
            return (null, damaged.Message.Replace(run + Path.DirectorySeparatorChar, "", StringComparison.Ordinal));
        }
    }

    /// <summary>The same as JSON.</summary>
    public static string Json(string folder) => ReadableJson.Of(new JsonArray([.. from run in ModelLocation.RunsIn(folder)
        let read = Try(run)
        let record = read.Record
        select record is null ? new JsonObject { ["folder"] = run, ["fault"] = read.Fault } : (JsonNode)new JsonObject
        {
            ["folder"] = run,
            ["started_utc"] = record.StartedUtc,
            ["ended_utc"] = record.EndedUtc,
            ["outcome"] = record.Result.Outcome,
            ["epochs"] = record.Result.Epochs,
            ["dataset"] = record.Dataset.Name,
            ["test_accuracy"] = record.Result.TestAccuracy,
            ["weights_sha256"] = record.Result.WeightsSha256,
            ["resume"] = record.Result.Outcome == ResultRecord.Interrupted ? Invocation.Resuming(run) : null,
        }]));

    /// <summary>The differences between two runs: configuration, data, machine, epochs and result.</summary>
    /// <param name="first">The folder of the first run.</param>
    /// <param name="second">The folder of the second run.</param>
    /// <exception cref="RunFileException">One of them is not a run folder.</exception>
    public static IEnumerable<string> Compare(string first, string second)
    {
        (Dictionary<string, string> Facts, IReadOnlyList<HistoryRow> History) a = Read(first);
        (Dictionary<string, string> Facts, IReadOnlyList<HistoryRow> History) b = Read(second);
        string[] differing = [.. a.Facts.Keys.Union(b.Facts.Keys).OrderBy(IsResult).Where(key => a.Facts.GetValueOrDefault(key) != b.Facts.GetValueOrDefault(key))];
        TextTable table = new(Word(""), Word(first), Word(second), Word(""));
        table.AddAll(differing.Select(key => (string[])[key, a.Facts.GetValueOrDefault(key, "–"), b.Facts.GetValueOrDefault(key, "–"), ""]));
        int common = Math.Min(a.History.Count, b.History.Count);
        int same = a.History.Zip(b.History).TakeWhile(rows => rows.First.WeightsSha256 == rows.Second.WeightsSha256).Count();
        table.Add("weights", same == common && common > 0 ? $"equal, bit for bit, after each of {common} epochs"
            : same == 0 ? "differ from the first epoch on"
            : $"equal up to epoch {same}, then different");
        table.AddAll(a.History.Zip(b.History).Select(rows => (string[])
        [
            $"epoch {rows.First.Epoch}: test accuracy",
            $"{100 * rows.First["test_accuracy"]:0.00} %",
            $"{100 * rows.Second["test_accuracy"]:0.00} %",
            $"{100 * (rows.Second["test_accuracy"] - rows.First["test_accuracy"]):+0.00;-0.00;0.00}",
        ]));
        return table.Lines();
    }

    private static (Dictionary<string, string> Facts, IReadOnlyList<HistoryRow> History) Read(string folder)
    {
        RunRecord record = RunRecord.Read(folder);
        ConfigurationFile configuration = ConfigurationFile.Find(Path.Combine(folder, ResolvedConfiguration.Name));
        Dictionary<string, string> facts = configuration.Root.Values().Where(value => value.Node.Text is not null).ToDictionary(value => value.Key, value => value.Node.Text!, StringComparer.Ordinal);
        foreach ((string file, string hash) in record.Dataset.Sha256)
        {
            facts[$"dataset {file}"] = hash[..12];
        }

        facts["version"] = record.Version;
        facts["kernels"] = record.Kernels;
        facts["workers"] = $"{record.Workers}";
        facts["outcome"] = record.Result.Outcome;
        facts["test accuracy"] = Accuracy(record);
        return (facts, HistoryReader.ReadRows(Path.Combine(folder, HistoryFile.Name)));
    }

    // The configuration first, also the keys that only the second has.
    private static bool IsResult(string key) => char.IsLower(key[0]);

    private static string Accuracy(RunRecord record) => record.Result.TestAccuracy is { } accuracy ? Percent(accuracy) : "–";
}
