using System.Text.RegularExpressions;
using ConvNN.App.Commands.Sweep;

namespace ConvNN.App.Tests.EndToEnd;

/// <summary>What <c>convnn sweep</c> leaves of its trials, and which of them it stops early, by the built program.</summary>
[Collection(ProgramCollection.Name)]
public sealed class SweepKeepTests : IDisposable
{
    private static readonly string[] Small = ["--limit", "300", "--epochs", "2", "--set", "Data:Validation=0.2"];
    private static readonly string[] Rates = ["sweep", "--vary", "Training:LearningRate=0.001,0.1,0.01", .. Small];

    // The first two are hopeless; the last two have to be told apart by more epochs.
    private static readonly string[] Halved =
    [
        "sweep", "--halving", "--vary", "Training:LearningRate=0.00001,0.0001,0.05,0.1", "--limit", "500", "--epochs", "4", "--set", "Data:Validation=0.2",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task KeepAll_EachTrial_IsARunThatOtherCommandsTake()
    {
        await RunAsync([.. Rates, "--keep", "all"]);

        Assert.Equal(Rows().Select(SweepTrials.NameOf).Order(StringComparer.Ordinal), Kept());
        Assert.Empty(Directory.GetDirectories(_folder["sweeps"], ".trial*"));
        string[] runs = [.. Kept().Select(name => $"sweeps/trials/{name}")];
        Assert.All(runs, run => Assert.Equal(
            ["config.json", "history.csv", "model.safetensors", "run.json"],
            Directory.GetFileSystemEntries(_folder[run]).Select(Path.GetFileName).Order(StringComparer.Ordinal)));
        await RunAsync(["runs", runs[0], runs[1]]);
        await RunAsync(["evaluate", "--model", runs[0]]);
        await RunAsync(["report", runs[0]]);
        await RunAsync(["inspect", runs[0]]);
        await RunAsync(["verify", runs[0]]);
    }

    [Fact]
    public async Task KeepBest_HowEverTrialsAreOrdered_LeavesTheBestOneAndNamesIt()
    {
        string output = await RunAsync([.. Rates, "--keep", "best", "--parallel", "1"]);

        TrialRow best = Rows().MaxBy(row => row.ValidationAccuracy)!;
        Assert.Equal("0.1", best.Varied["Training:LearningRate"]);
        Assert.Equal([SweepTrials.NameOf(best)], Kept());
        Assert.Contains($"Z best trial=\"original LearningRate=0.1 seed 1\" weights_sha256={best.WeightsSha256} folder=", output, StringComparison.Ordinal);

        // A better one that comes later takes its place.
        await RunAsync(["sweep", "--vary", "Training:LearningRate=0.1,0.2", "--keep", "best", .. Small, "--epochs", "6"]);
        Assert.Equal(SweepTrials.NameOf(Rows().Where(row => row.Epochs == 6).MaxBy(row => row.ValidationAccuracy)!), Assert.Single(Kept(), name => name != SweepTrials.NameOf(best)));
    }

    [Fact]
    public async Task KeepAll_TrialsThatHaveRowsButNoFolder_AreTrainedForIt()
    {
        await RunAsync(["sweep", "--seeds", "1-2", .. Small]);
        Assert.Empty(Kept());

        await RunAsync(["sweep", "--seeds", "1-2", "--keep", "all", .. Small]);

        Assert.Equal(2, Kept().Length);
    }

    [Fact]
    public async Task Train_RowOfASweep_EndsInItsWeights()
    {
        string output = await RunAsync([.. Rates, "-o", "rates"]);
        string command = Regex.Match(output, """Z best .* command=".*convnn\.dll (sweep --train [0-9a-f]{12} --output rates)""").Groups[1].Value;
        TrialRow best = SweepFile.ReadAll(_folder["rates"]).MaxBy(row => row.ValidationAccuracy)!;
        Assert.Equal($"sweep --train {best.WeightsSha256![..12]} --output rates", command);

        output = await RunAsync([.. command.Split(' '), "--workers", "2"]);

        Assert.Contains($"Z same as=\"row {best.WeightsSha256[..12]} of rates\"", output, StringComparison.Ordinal);
        string run = Assert.Single(Directory.GetDirectories(_folder["runs"]));
        Assert.Contains(best.WeightsSha256, File.ReadAllText(Path.Combine(run, "run.json")), StringComparison.Ordinal);

        // An option that changes the run.
        (int exitCode, _, string error) = await ProgramRun.RunAsync(_folder, [.. command.Split(' '), "--lr", "0.02"]);
        Assert.Equal(10, exitCode);
        Assert.Matches($"^verify: the weights are [0-9a-f]{{12}}, not those of row {best.WeightsSha256[..12]} of rates: since then the data, ", error);
    }

    [Fact]
    public async Task Train_WithoutTheConfiguration_SaysWhatToDo()
    {
        await RunAsync(["sweep", "--seeds", "1", .. Small]);
        string name = SweepTrials.NameOf(Rows()[0]);
        File.Delete(_folder[$"sweeps/trials/{name}.json"]);

        (int exitCode, _, string error) = await ProgramRun.RunAsync(_folder, ["sweep", "--train", name]);

        Assert.Equal(5, exitCode);
        Assert.EndsWith($"{name}.json: is missing, and with it the configuration of the row; remove the row from its file, and run the sweep again.\n", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Halving_AnyNumberOfTrialsAtATime_StopsTheSameAndKeepsTheirFigures()
    {
        string output = await RunAsync([.. Halved, "--parallel", "3", "--keep", "all"]);
        await RunAsync([.. Halved, "--alone", "--workers", "2", "-o", "alone"]);

        Dictionary<string, TrialRow> rows = Rows().ToDictionary(row => row.Varied["Training:LearningRate"]);
        Assert.Equal(["stopped 1", "stopped 1"], rows.Where(row => row.Key.Length > 5).Select(row => $"{row.Value.Status} {row.Value.Epochs}"));
        Assert.Equal(["done 4", "stopped 2"], rows.Where(row => row.Key.Length < 5).Select(row => $"{row.Value.Status} {row.Value.Epochs}").Order(StringComparer.Ordinal));
        Assert.All(rows.Values, row => Assert.NotNull(row.ValidationAccuracy));
        Assert.Equal(Summary("sweeps"), Summary("alone"));
        Assert.Equal([SweepTrials.NameOf(rows.Values.Single(row => row.Status == TrialRow.Done))], Kept());
        Assert.Empty(Directory.GetDirectories(_folder["sweeps"], ".trial*"));
        Assert.Matches(@"Z halved kept=2 rung=1 rungs=2 configurations=4\r?\n(.*\n)*.*Z halved kept=1 rung=2 rungs=2 configurations=2", output);
        Assert.Matches(@" result configuration=original Training:LearningRate=0.0001 dataset=sample .* stopped_after=1 ", output);

        // It would decide the same again, so nothing is left to do.
        output = await RunAsync(Halved);
        Assert.Contains(" trials=4 finished=4 ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Z trial ", output, StringComparison.Ordinal);

        // The row that went through has the weights of a run of its own, and of a stopped one that run passes the weights.
        TrialRow stopped = rows["0.0001"];
        output = await RunAsync(["sweep", "--train", SweepTrials.NameOf(stopped)]);
        Assert.Contains($"Z passed as=\"row {SweepTrials.NameOf(stopped)} of sweeps\" epoch=1", output, StringComparison.Ordinal);
        output = await RunAsync(["sweep", "--train", Kept()[0]]);
        Assert.Contains("Z same as=", output, StringComparison.Ordinal);
    }

    /// <summary>A trial that diverges keeps what it reached before, so that earlier decisions are made again as they were.</summary>
    [Fact]
    public async Task Halving_TrialsThatDivergeOrEndEarly_AreDecidedOnceAndForAll()
    {
        string[] arguments = [.. Halved, "--vary", "Training:Patience=1", "--vary", "Data:Limit=400,500"];
        arguments[3] = "Training:LearningRate=1e6,0.00001,0.1";

        (int exitCode, _, _) = await ProgramRun.RunAsync(_folder, arguments);
        Assert.Equal(6, exitCode);
        (string, string, int, double?, string?)[] before = [.. Summary("sweeps")];
        Assert.Equal(6, before.Length);
        Assert.Equal(2, before.Count(row => row.Item2 == TrialRow.Diverged));

        (exitCode, string output, _) = await ProgramRun.RunAsync(_folder, arguments);
        Assert.Equal(6, exitCode);
        Assert.DoesNotContain("Z trial ", output, StringComparison.Ordinal);
        Assert.Equal(before, Summary("sweeps"));
    }

    [Fact]
    public async Task Halving_KilledOnTheWay_EndsInTheRowsOfOneThatWasNot()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        await RunAsync([.. Halved, "-o", "whole"]);

        // In the first rung, and after its decision.
        foreach (string event_ in (string[])["sweep", "halved"])
        {
            using ProgramRun run = ProgramRun.Start(_folder, [.. Halved, "-o", "cut"]);
            await run.ReadToAsync(event_);
            await run.SignalAsync(event_ == "sweep" ? "INT" : "KILL");
            await run.EndAsync();
        }

        await RunAsync([.. Halved, "-o", "cut"]);

        Assert.Equal(Summary("whole"), Summary("cut"));
    }

    private IEnumerable<(string, string, int, double?, string?)> Summary(string folder) => SweepFile.ReadAll(_folder[folder])
        .Select(row => (row.Varied["Training:LearningRate"], row.Status, row.Epochs, row.ValidationAccuracy, row.WeightsSha256))
        .Order();

    private string[] Kept() => Directory.Exists(_folder["sweeps/trials"])
        ? [.. Directory.GetDirectories(_folder["sweeps/trials"]).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)]
        : [];

    private async Task<string> RunAsync(string[] arguments)
    {
        (int exitCode, string output, string error) = await ProgramRun.RunAsync(_folder, arguments);
        Assert.True((exitCode, error) == (0, ""), $"{string.Join(' ', arguments)}\nends with {exitCode}: {error}{output}");
        return output;
    }

    private IReadOnlyList<TrialRow> Rows() => SweepFile.ReadAll(_folder["sweeps"]);
}
