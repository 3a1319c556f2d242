using System.Text.Json;
using ConvNN.App.Commands.Sweep;

namespace ConvNN.App.Tests.EndToEnd;

/// <summary><c>convnn sweep</c> and <c>convnn leaderboard</c> by the built program.</summary>
[Collection(ProgramCollection.Name)]
public sealed class SweepTests : IDisposable
{
    private static readonly string[] Small = ["--limit", "300", "--epochs", "2"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Sweep_SideBySideAloneOrByTrain_GivesTheSameWeights()
    {
        Assert.Equal((0, ""), await RunAsync(["sweep", "--seeds", "1-3", "--parallel", "3", "-o", "side", .. Small]));
        Assert.Equal((0, ""), await RunAsync(["sweep", "--seeds", "1-3", "--alone", "--workers", "2", "-o", "alone", .. Small]));
        Assert.Equal((0, ""), await RunAsync(["train", "--seed", "2", "--workers", "2", "-o", "train", .. Small]));

        string?[] hashes = [.. Rows("side").OrderBy(row => row.Seed).Select(row => row.WeightsSha256)];
        Assert.Equal(3, hashes.Distinct().Count());
        Assert.Equal(hashes, Rows("alone").Select(row => row.WeightsSha256));
        Assert.EndsWith($",{hashes[1]},,,1", File.ReadAllLines(_folder["train/history.csv"])[^1], StringComparison.Ordinal);
        Assert.Equal([(1, false), (2, true)], Rows("side").Concat(Rows("alone")).Select(row => (row.Workers, row.IsAlone)).Distinct());
    }

    [Fact]
    public async Task Sweep_Again_TrainsOnlyWhatHasNoRow()
    {
        await RunAsync(["sweep", "--seeds", "1-2", .. Small]);
        string before = File.ReadAllText(_folder["sweeps/sweep.csv"]);

        // Where the data lie and how many work on them changes no weights; one more seed is one more trial.
        (_, string output, _) = await ProgramRun.RunAsync(_folder, ["sweep", "--seeds", "1-3", "--workers", "2", .. Small]);

        Assert.Contains(" trials=3 finished=2 ", output, StringComparison.Ordinal);
        Assert.StartsWith(before, File.ReadAllText(_folder["sweeps/sweep.csv"]), StringComparison.Ordinal);
        Assert.Equal((ulong[])[1, 2, 3], Rows("sweeps").Select(row => row.Seed).Order());

        // Times that were taken side by side are none that can be compared, and another configuration is another trial.
        await RunAsync(["sweep", "--seeds", "1", "--alone", .. Small]);
        await RunAsync(["sweep", "--seeds", "1", "--set", "Training:BatchSize=20", .. Small]);
        Assert.Equal(5, Rows("sweeps").Count);
        await RunAsync(["sweep", "--seeds", "1", "--alone", .. Small]);
        Assert.Equal(5, Rows("sweeps").Count);
    }

    [Fact]
    public async Task Sweep_TrialsThatDivergeOrFitNoImages_HaveTheirRowsAndTheOthersGoOn()
    {
        (int exitCode, string output, string error) = await ProgramRun.RunAsync(
            _folder, ["sweep", "--vary", "Training:LearningRate=1e6,0.1", "--vary", "Model:Layers:conv1:Kernel=3,30", .. Small]);

        Assert.Equal(6, exitCode);
        Assert.Matches(@" result configuration=original Training:LearningRate=1e6 Model:Layers:conv1:Kernel=3 dataset=sample parameters=\d+ trials=0\r?\n", output);
        Assert.StartsWith("sweep: 3 trials of 4 failed, the others have their rows; the first is original LearningRate=1e6 conv1:Kernel=3 seed 1: diverged: Training diverged in epoch 1", error, StringComparison.Ordinal);
        Dictionary<string, string> status = Rows("sweeps").ToDictionary(row => string.Join(' ', row.Varied.Values), row => row.Status);
        Assert.Equal(new Dictionary<string, string> { ["1e6 3"] = "diverged", ["1e6 30"] = "invalid", ["0.1 3"] = "done", ["0.1 30"] = "invalid" }, status);

        // They would end in the same way again.
        (exitCode, output, _) = await ProgramRun.RunAsync(
            _folder, ["sweep", "--vary", "Training:LearningRate=1e6,0.1", "--vary", "Model:Layers:conv1:Kernel=3,30", .. Small]);
        Assert.Equal(6, exitCode);
        Assert.DoesNotContain("Z trial ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sweep_FilesThatFitNoImages_AreToldTogetherAndNothingRuns()
    {
        _folder.Write("a.json", """{ "Name": "a", "Training": { "BatchSize": 5000 } }""");
        _folder.Write("b.json", """{ "Name": "b", "Model": { "Layers": [ { "Type": "dense", "Units": 3, "Activation": "softmax" } ] } }""");

        (int exitCode, _, string error) = await ProgramRun.RunAsync(_folder, ["sweep", "a.json", "b.json", "--seeds", "1-2"]);

        Assert.Equal(2, exitCode);
        string[] lines = error.TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("configuration: a.json: Training:BatchSize is 5000, but sample has 4000 training images;", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("configuration: b.json: ", lines[1], StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["sweeps"]));
    }

    [Fact]
    public async Task Sweep_KilledInTheMiddle_EndsInTheRowsOfOneThatWasNot()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        string[] arguments = ["sweep", "--vary", "Training:LearningRate=0.05,0.1", "--seeds", "1-4", "--limit", "1000", "--epochs", "4"];
        await RunAsync([.. arguments, "-o", "whole"]);

        // Before the first row, and after the second.
        foreach (string event_ in (string[])["sweep", "trial"])
        {
            using ProgramRun run = ProgramRun.Start(_folder, [.. arguments, "-o", "cut"]);
            await run.ReadToAsync(event_);
            await run.SignalAsync("KILL");
            await run.EndAsync();
        }

        Assert.InRange(Rows("cut").Count, 1, 7);
        await RunAsync([.. arguments, "-o", "cut"]);

        Assert.Equal(Summary("whole"), Summary("cut"));
        Assert.Equal(8, Rows("cut").Count);

        IEnumerable<(ulong, string, double?, string?)> Summary(string folder) =>
            Rows(folder).Select(row => (row.Seed, row.Varied["Training:LearningRate"], row.TestAccuracy, row.WeightsSha256)).Order();
    }

    [Fact]
    public async Task Sweep_ControlC_KeepsFinishedRowsAndTellsHowToGoOn()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        using ProgramRun run = ProgramRun.Start(_folder, ["sweep", "--vary", "Training:Epochs=1,10000", "--limit", "500"]);
        await run.ReadToAsync("trial");

        await run.SignalAsync("INT");
        (int exitCode, string output, string error) = await run.EndAsync();

        Assert.Equal((130, ""), (exitCode, error));
        Assert.Contains(" stopped signal=SIGINT finished=1 wanted=2", output, StringComparison.Ordinal);
        Assert.Matches(@"Z resume command="".*convnn\.dll sweep --vary Training:Epochs=1,10000 --limit 500""", output);
        Assert.Equal(["1"], Rows("sweeps").Select(row => row.Varied["Training:Epochs"]));
    }

    [Fact]
    public async Task Sweep_Parts_WriteFilesOfTheirOwnAndTheTableHasAll()
    {
        string[] arguments = ["sweep", "--vary", "Training:LearningRate=0.01..0.5", "--random", "3", "--seeds", "1-2", "--set", "Data:Validation=0.2", .. Small];
        (int, string)[] parts = await Task.WhenAll(Enumerable.Range(1, 2).Select(part => RunAsync([.. arguments, "--part", $"{part}/2"])));

        Assert.All(parts, part => Assert.Equal((0, ""), part));

        (int exitCode, string json, string error) = await ProgramRun.RunAsync(_folder, [.. arguments, "--table", "--json"]);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Equal(["sweep-1-of-2.csv", "sweep-2-of-2.csv"], Directory.GetFiles(_folder["sweeps"], "sweep*.csv").Select(Path.GetFileName).Order(StringComparer.Ordinal));
        JsonElement[] results = [.. JsonDocument.Parse(json).RootElement.EnumerateArray()];
        Assert.Equal(3, results.Length);
        Assert.All(results, result => Assert.Equal(2, result.GetProperty("validation_accuracy").GetProperty("trials").GetInt32()));
        double[] validation = [.. results.Select(result => result.GetProperty("validation_accuracy").GetProperty("mean").GetDouble())];
        Assert.Equal(validation.OrderDescending(), validation);
    }

    [Fact]
    public async Task SweepTable_FolderAlone_NeedsNeitherDataNorTheSameOptions()
    {
        await ProgramRun.RunAsync(_folder, ["sweep", "--limit", "100", "-e", "1", "--seeds", "1-2", "--vary", "Training:LearningRate=0.05,0.1", "--alone"]);

        (int exitCode, string json, string error) = await ProgramRun.RunAsync(_folder, ["sweep", "--table", "--json", "--output", "sweeps", "--data", "fashion-mnist"]);
        (int leaders, string list, _) = await ProgramRun.RunAsync(_folder, ["leaderboard", "--table", "--json"], ("CONVNN_Data__Dataset", "mnist"));

        Assert.Equal((0, "", 0), (exitCode, error, leaders));
        Assert.Equal(["0.05", "0.1"], JsonDocument.Parse(json).RootElement.EnumerateArray().Select(result => result.GetProperty("varied").GetProperty("Training:LearningRate").GetString()!));
        Assert.All(JsonDocument.Parse(json).RootElement.EnumerateArray(), result => Assert.Equal(2, result.GetProperty("test_accuracy").GetProperty("trials").GetInt32()));
        Assert.Equal(json, list);
    }

    [Fact]
    public async Task Sweep_DatasetIsMissing_CostsItsOwnTrialsOnly()
    {
        _folder.Write("one.json", """{ "Name": "one", "Data": { "Dataset": "fashion-mnist" }, "Training": { "Epochs": 1 } }""");
        _folder.Write("two.json", """{ "Name": "two", "Data": { "Dataset": "sample", "Limit": 100 }, "Training": { "Epochs": 1 } }""");

        (int exitCode, _, string error) = await ProgramRun.RunAsync(_folder, ["sweep", "one.json", "two.json", "--seeds", "1-2"], ("CONVNN_Data__Dataset", null!));

        Assert.NotEqual(0, exitCode);
        Assert.StartsWith("sweep: 2 trials of 4 failed, the others have their rows; the first is one seed 1: ", error, StringComparison.Ordinal);
        Assert.Equal(3, File.ReadAllLines(_folder["sweeps/sweep.csv"]).Length);
    }

    [Fact]
    public async Task Sweep_VariedWithoutValidation_Warns()
    {
        (_, string output, _) = await ProgramRun.RunAsync(_folder, ["sweep", "--vary", "Training:LearningRate=0.1,0.2", "--table"]);

        Assert.Contains(" warning text=\"the best values would be chosen by the test images", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["sweeps"]));
    }

    [Fact]
    public async Task Leaderboard_PresetsOfTheFolderElseOfTheProgram_AreTrainedWithFiveSeedsAlone()
    {
        (_, string beside, _) = await ProgramRun.RunAsync(_folder, ["leaderboard", "--table", "--json", "--data", "sample"]);
        string[] shipped = [.. JsonDocument.Parse(beside).RootElement.EnumerateArray().Select(result => result.GetProperty("configuration").GetString()!)];
        Assert.Contains("two-block", shipped);

        Directory.CreateDirectory(_folder["config"]);
        _folder.Write("config/tiny.json", """{ "Name": "tiny", "Model": { "Layers": [ { "Type": "flatten" }, { "Type": "dense", "Units": 10, "Activation": "softmax" } ] } }""");
        Assert.Equal((0, ""), await RunAsync(["leaderboard", .. Small]));

        Assert.Equal([("tiny", 1UL, true), ("tiny", 2, true), ("tiny", 3, true), ("tiny", 4, true), ("tiny", 5, true)], Rows("sweeps").Select(row => (row.Configuration, row.Seed, row.IsAlone)));
    }

    private async Task<(int ExitCode, string Error)> RunAsync(string[] arguments)
    {
        (int exitCode, _, string error) = await ProgramRun.RunAsync(_folder, arguments);
        return (exitCode, error);
    }

    private IReadOnlyList<TrialRow> Rows(string folder) => SweepFile.ReadAll(_folder[folder]);
}
