using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ConvNN.App.Runs;
using ConvNN.Training.Checkpoints;

namespace ConvNN.App.Tests.EndToEnd;

/// <summary>The built program is stopped and killed, and goes on.</summary>
[Collection(ProgramCollection.Name)]
public sealed partial class ResumeTests : IDisposable
{
    // Of 500 images, 50 steps an epoch: some seconds of the slowest machine.
    private static readonly string[] Short = ["--limit", "500", "--epochs", "40", "--set", "Checkpoints:Strategy=steps", "--set", "Checkpoints:Every=7"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ResumeAuto_NoRun_BeginsOneAndSaysSo()
    {
        (int exitCode, string output, string error) = await ProgramRun.RunAsync(_folder, ["--resume", "auto", "--limit", "100", "--epochs", "1", "-o", "run"]);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains(" warning text=\"--resume auto found no run that can be resumed, so a new one begins.\"", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Train_Stopped_PrintsTheCommandThatGoesOn(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        string expected = await WholeAsync(Short);
        using ProgramRun run = ProgramRun.Start(_folder, [.. Short, "-w", "2", "-o", "runs/cut"]);
        await run.ReadToAsync("epoch epoch=2");
        await run.SignalAsync(signal);
        (_, string output, _) = await run.EndAsync();

        Match resume = ResumeLine().Match(output);
        Assert.True(resume.Success, output);
        (int exitCode, string resumed, string error) = await ProgramRun.RunAsync(_folder, ["--resume", resume.Groups[1].Value, "-w", "3", "--set", "Pipeline:Exchange=full-gradients"]);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Matches(@" resumed checkpoint=\S+ step=\d+ epochs_done=\d+ epochs=40", resumed);
        Assert.Equal(expected, HashOf(_folder["runs/cut"]));
        Assert.Equal(41, File.ReadAllLines(_folder["runs/cut/history.csv"]).Length);
        JsonNode record = JsonNode.Parse(File.ReadAllText(_folder["runs/cut/run.json"]))!;
        Assert.Equal(("done", 1), ((string)record["result"]!["outcome"]!, record["resumes"]!.AsArray().Count));
    }

    /// <summary>Killed after its last epoch: nothing is left to train, and the record is completed with the accuracy of the weights.</summary>
    [Fact]
    public async Task Resume_KilledAfterTheLastEpoch_RecordsTheAccuracyOfItsWeights()
    {
        await ProgramRun.RunAsync(_folder, ["--limit", "100", "-e", "2", "-o", "run"]);
        JsonObject record = JsonNode.Parse(File.ReadAllText(_folder["run/run.json"]))!.AsObject();
        JsonNode done = record["result"]!.DeepClone();
        record["result"] = new JsonObject { ["outcome"] = "running" };
        File.WriteAllText(_folder["run/run.json"], record.ToJsonString());

        (int exitCode, _, string error) = await ProgramRun.RunAsync(_folder, ["--resume", "run"]);

        Assert.Equal((0, ""), (exitCode, error));
        JsonNode again = JsonNode.Parse(File.ReadAllText(_folder["run/run.json"]))!["result"]!;
        Assert.All(["outcome", "test_accuracy", "best_epoch", "weights_sha256"], key => Assert.Equal(done[key]!.ToJsonString(), again[key]?.ToJsonString()));
    }

    /// <summary>At random moments, resumed with other numbers of workers; 50 times where long tests run.</summary>
    [Fact]
    public async Task Train_KilledAgainAndAgain_GivesTheSameWeights()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        int wanted = Environment.GetEnvironmentVariable("CONVNN_LONG_TESTS") == "1" ? 50 : 5;
        string[] training = [.. Short, "--epochs", wanted == 5 ? "150" : "800", "--set", "Output:StepEvery=3"];
        string expected = await WholeAsync(training);
        int kills = 0;
        for (int seed = 1; ; seed++)
        {
            Random random = new(seed);
            string workers = random.Next(1, 6).ToString(System.Globalization.CultureInfo.InvariantCulture);

            // Before the folder is a run's, there is nothing to go on from, and auto begins anew.
            using ProgramRun run = ProgramRun.Start(_folder, [.. training, "-w", workers, "-o", "runs/cut", "--resume", "auto"]);
            if (kills < wanted)
            {
                await run.ReadToAsync("output");
                await Task.Delay(random.Next(1, 250), TestContext.Current.CancellationToken);
                await run.SignalAsync("KILL");
            }

            (int exitCode, string output, string error) = await run.EndAsync();
            if (exitCode == 0)
            {
                break;
            }

            Assert.True(exitCode == 137 && error.Length == 0, $"Kill {kills}: exit code {exitCode}: {error}{output}");
            kills++;
            Assert.True(kills <= wanted, "The run does not end.");
        }

        Assert.Equal(wanted, kills);
        Assert.Equal(expected, HashOf(_folder["runs/cut"]));
        Assert.Empty(Directory.GetFileSystemEntries(_folder["runs/cut"], "*.tmp", SearchOption.AllDirectories));
        Assert.Equal(WithoutSpeed("whole"), WithoutSpeed("runs/cut"));
        TestContext.Current.TestOutputHelper!.WriteLine($"{kills} kills survived, weights {expected}.");
    }

    /// <summary>A folder is a run's from its history.csv on, but has neither configuration nor record yet.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("epoch,data")]
    [InlineData(HistoryFile.Header + "\n")]
    public async Task Resume_KilledBeforeItsRecord_BeginsInItsFolder(string history)
    {
        string[] training = ["--limit", "100", "--epochs", "2"];
        string expected = await WholeAsync(training);
        Directory.CreateDirectory(_folder["cut"]);
        _folder.Write("cut/history.csv", history);

        (int refused, _, _) = await ProgramRun.RunAsync(_folder, [.. training, "-o", "cut"]);
        (int exitCode, _, string error) = await ProgramRun.RunAsync(_folder, [.. training, "-o", "cut", "--resume", "auto"]);

        Assert.Equal((4, 0, ""), (refused, exitCode, error));
        Assert.Equal(expected, HashOf(_folder["cut"]));
        Assert.Equal(3, File.ReadAllLines(_folder["cut/history.csv"]).Length);
    }

    [Fact]
    public async Task Resume_HistoryOfSomethingElse_IsLeftAlone()
    {
        Directory.CreateDirectory(_folder["other"]);
        _folder.Write("other/history.csv", "epoch,loss\n1,0.5\n");

        (int exitCode, _, string error) = await ProgramRun.RunAsync(_folder, ["--limit", "100", "-o", "other", "--resume", "auto"]);

        Assert.Equal(4, exitCode);
        Assert.Contains("already holds a run (history.csv)", error, StringComparison.Ordinal);
        Assert.Equal("epoch,loss\n1,0.5\n", File.ReadAllText(_folder["other/history.csv"]));
    }

    [Fact]
    public async Task Resume_KilledBeforeItsFirstCheckpoint_BeginsAgainInItsFolder()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        string[] rare = ["--limit", "500", "--set", "Checkpoints:Strategy=steps", "--set", "Checkpoints:Every=100000"];
        string[] again = [.. rare, "--epochs", "3", "-o", "runs/cut", "--resume", "auto"];
        string expected = await WholeAsync([.. rare, "--epochs", "3"]);
        using ProgramRun run = ProgramRun.Start(_folder, [.. rare, "--epochs", "10000", "-o", "runs/cut"]);
        await run.ReadToAsync("epoch epoch=2");
        (int alive, _, string isHeld) = await ProgramRun.RunAsync(_folder, again);
        await run.SignalAsync("KILL");
        await run.EndAsync();
        int checkpoints = CheckpointStore.Names(_folder["runs/cut/checkpoints"]).Count;

        (int changed, _, string difference) = await ProgramRun.RunAsync(_folder, [.. again, "--lr", "0.05"]);
        (int exitCode, _, string error) = await ProgramRun.RunAsync(_folder, again);

        Assert.Equal((4, 0, 5), (alive, checkpoints, changed));
        Assert.Contains("another run is writing to it", isHeld, StringComparison.Ordinal);
        Assert.Contains("Training:LearningRate is 0.05, the run has 0.1; ", difference, StringComparison.Ordinal);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Equal(expected, HashOf(_folder["runs/cut"]));
        Assert.Equal(4, File.ReadAllLines(_folder["runs/cut/history.csv"]).Length);
    }

    /// <summary>As if the disk had been full in the first epoch.</summary>
    [Theory]
    [InlineData("--resume", "auto", "--limit", "100", "--epochs", "1", "-o", "runs/first")]
    [InlineData("--resume", "auto")]
    [InlineData("--resume", "runs/first")]
    public async Task Resume_FailedBeforeItsFirstCheckpoint_BeginsAgainInItsFolder(params string[] arguments)
    {
        await ProgramRun.RunAsync(_folder, ["--limit", "100", "--epochs", "1", "--set", "Checkpoints:Strategy=never", "-o", "runs/first"]);
        string expected = HashOf(_folder["runs/first"]);
        Change("runs/first/run.json", "\"outcome\": \"done\"", "\"outcome\": \"failed\"");
        Change("runs/first/run.json", "\"exit_code\": 0", "\"exit_code\": 4");

        (int other, _, string difference) = await ProgramRun.RunAsync(_folder, [.. arguments, "--lr", "0.05"]);
        (int exitCode, string output, string error) = await ProgramRun.RunAsync(_folder, arguments);

        Assert.Equal(5, other);
        Assert.Contains("Training:LearningRate is 0.05, the run has 0.1; ", difference, StringComparison.Ordinal);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains(" epoch epoch=1 ", output, StringComparison.Ordinal);
        Assert.Equal(expected, HashOf(_folder["runs/first"]));
        Assert.Single(Directory.GetDirectories(_folder["runs"]));
    }

    [Fact]
    public async Task Resume_RecordIsMissing_TakesTheConfigurationOfTheRun()
    {
        await ProgramRun.RunAsync(_folder, ["--limit", "100", "--epochs", "1", "--lr", "0.07", "-o", "runs/first"]);
        File.Delete(_folder["runs/first/run.json"]);

        (int exitCode, _, string error) = await ProgramRun.RunAsync(_folder, ["-o", "runs/first", "--resume", "auto", "--epochs", "2"]);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Equal([",0.07,", ",0.07,"], File.ReadLines(_folder["runs/first/history.csv"]).Skip(1).Select(line => line[8..14]));
    }

    [Fact]
    public async Task Latest_GivenAsAPath_IsTheCheckpointThatItNames()
    {
        await ProgramRun.RunAsync(_folder, ["--limit", "100", "--epochs", "2", "-o", "runs/first"]);
        string latest = Path.Combine("runs", "first", "checkpoints", "latest");
        string named = Path.Combine("runs", "first", "checkpoints", "step-00000020-epoch-2");

        (_, string inspected, _) = await ProgramRun.RunAsync(_folder, ["inspect", latest]);
        (int evaluated, _, _) = await ProgramRun.RunAsync(_folder, ["evaluate", "--model", latest]);
        (int exitCode, string output, string error) = await ProgramRun.RunAsync(_folder, ["--resume", latest, "--epochs", "3"]);

        Assert.StartsWith($"checkpoint {named}: intact", inspected, StringComparison.Ordinal);
        Assert.Equal((0, 0, ""), (evaluated, exitCode, error));
        Assert.Contains($" resumed checkpoint={named} ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resume_LatestNamesAnOlderOne_TakesItAndSaysSo()
    {
        await ProgramRun.RunAsync(_folder, ["--limit", "100", "--epochs", "2", "-o", "runs/first"]);
        _folder.Write("runs/first/checkpoints/latest", "step-00000010-epoch-1\n");

        (_, string output, _) = await ProgramRun.RunAsync(_folder, ["--resume", "auto"]);

        Assert.Contains("step-00000020-epoch-2: is newer than step-00000010-epoch-1, which latest names; to take it, name it.", output, StringComparison.Ordinal);
        Assert.Contains("step-00000010-epoch-1 step=10 ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_KilledRun_IsInterruptedAndSaysHowItResumes()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        using ProgramRun run = ProgramRun.Start(_folder, ["--limit", "500", "--epochs", "10000", "-o", "runs/a b"]);
        await run.ReadToAsync("epoch epoch=1");
        (_, string alive, _) = await ProgramRun.RunAsync(_folder, ["runs"]);
        await run.SignalAsync("KILL");
        await run.EndAsync();

        (_, string killed, _) = await ProgramRun.RunAsync(_folder, ["runs"]);
        (_, string inspected, _) = await ProgramRun.RunAsync(_folder, ["inspect", "runs/a b"]);

        // The number now belongs to another process, that of this test, which did not start then.
        string record = File.ReadAllText(_folder["runs/a b/run.json"]);
        record = Regex.Replace(record, "\"process_id\": [0-9]+", $"\"process_id\": {Environment.ProcessId}");
        File.WriteAllText(_folder["runs/a b/run.json"], Regex.Replace(record, "\"process_started_utc\": \"[0-9]{4}", "\"process_started_utc\": \"2020"));
        (_, string reused, _) = await ProgramRun.RunAsync(_folder, ["runs"]);

        Assert.Matches("(?m)^runs/a b .* running ", alive);
        Assert.DoesNotContain("resume", alive, StringComparison.Ordinal);
        Assert.All([killed, reused], list => Assert.Matches("(?m)^runs/a b .* interrupted ", list));
        Assert.Matches("(?m)^resume  .*convnn.dll --resume 'runs/a b'$", killed);
        Assert.Matches("(?m)^run     runs/a b: interrupted.*\nresume  .* --resume 'runs/a b'$", inspected);
    }

    /// <summary>A container has its own numbers of processes, and a new name for the machine each time.</summary>
    [Fact]
    public async Task Runs_RunOfAnotherContainer_IsJudgedByItsLock()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        using ProgramRun run = ProgramRun.Start(_folder, ["--limit", "500", "--epochs", "10000", "-o", "runs/boxed"]);
        await run.ReadToAsync("epoch epoch=1");
        string record = _folder["runs/boxed/run.json"];
        File.WriteAllText(record, Regex.Replace(File.ReadAllText(record), "\"process_started_utc\": \"[0-9]{4}", "\"process_started_utc\": \"2020"));
        (_, string alive, _) = await ProgramRun.RunAsync(_folder, ["runs"]);
        File.WriteAllText(record, Regex.Replace(File.ReadAllText(record), "\"host\": \"[^\"]*\"", "\"host\": \"0123456789ab\""));
        (_, string named, _) = await ProgramRun.RunAsync(_folder, ["runs"]);
        await run.SignalAsync("KILL");
        await run.EndAsync();

        (_, string killed, _) = await ProgramRun.RunAsync(_folder, ["runs"]);

        Assert.All([alive, named], list => Assert.Matches("(?m)^runs/boxed .* running ", list));
        Assert.Matches("(?m)^runs/boxed .* interrupted ", killed);
        Assert.Matches("(?m)^resume  .*convnn.dll --resume runs/boxed$", killed);
    }

    [Fact]
    public async Task Resume_AutoWhereARunHasEndedWithoutCheckpoints_IsRefused()
    {
        string[] training = ["--limit", "100", "--epochs", "1", "--set", "Checkpoints:Strategy=never", "-o", "runs/first"];
        await ProgramRun.RunAsync(_folder, training);

        (int exitCode, _, string error) = await ProgramRun.RunAsync(_folder, [.. training, "--resume", "auto"]);

        Assert.Equal(4, exitCode);
        Assert.Contains("already holds a run", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resume_WhatDoesNotFit_IsNamed()
    {
        await ProgramRun.RunAsync(_folder, ["--limit", "100", "--epochs", "1", "-o", "runs/first"]);

        (int code, _, string error) = await ProgramRun.RunAsync(_folder, ["--resume", "runs/first", "--epochs", "2", "--lr", "0.05"]);
        (int network, _, string layer) = await ProgramRun.RunAsync(_folder, ["--resume", "runs/first", "--epochs", "2", "--set", "Model:Layers:dense1:Units=64"]);
        (int data, _, string limit) = await ProgramRun.RunAsync(_folder, ["--resume", "runs/first", "--epochs", "2", "--limit", "200"]);
        (int allowed, string output, _) = await ProgramRun.RunAsync(_folder, ["--resume", "runs/first", "--epochs", "2", "--lr", "0.05", "--allow-change", "Training:LearningRate"]);

        Assert.Equal((5, 5, 5, 0), (code, network, data, allowed));
        Assert.EndsWith("Training:LearningRate is 0.05, the checkpoint has 0.1; leave it as it was, or allow the change: --allow-change \"Training:LearningRate\".", error.TrimEnd(), StringComparison.Ordinal);
        Assert.Contains("Model:Layers:3:Units is 64, the checkpoint has 128; ", layer, StringComparison.Ordinal);
        Assert.Contains("Data:Limit is 200, the checkpoint has 100; ", limit, StringComparison.Ordinal);
        Assert.Contains(" done dataset=sample epochs=2 ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resume_DamagedCheckpoint_WalksBackAndSaysSo()
    {
        await ProgramRun.RunAsync(_folder, ["--limit", "100", "--epochs", "3", "-o", "runs/first"]);
        string expected = HashOf(_folder["runs/first"]);
        File.WriteAllText(_folder["runs/first/checkpoints/step-00000030-epoch-3/model.safetensors"], "damaged");

        (int exitCode, string output, string error) = await ProgramRun.RunAsync(_folder, ["--resume", "auto"]);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Matches(@" warning text=""skipped: \S+model\.safetensors: has 7 bytes, expected [\d,]+; the checkpoint is damaged; use another\.""", output);

        // That of the second epoch, or the step behind it if the one before was still being written.
        Assert.Matches(@" step=(1|2)\d epochs_done=(1|2) epochs=3", output);
        Assert.Equal(expected, HashOf(_folder["runs/first"]));
    }

    [Fact]
    public async Task Resume_WhileTheRunGoesOn_IsRefused()
    {
        using ProgramRun run = ProgramRun.Start(_folder, ["--limit", "500", "--epochs", "10000", "-o", "runs/first"]);
        await run.ReadToAsync("epoch epoch=2");

        (int exitCode, _, string error) = await ProgramRun.RunAsync(_folder, ["--resume", "runs/first"]);

        Assert.Equal(4, exitCode);
        Assert.Contains("another run is writing to it", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, "run: none: is not a run folder", "--resume", "none")]
    [InlineData(2, "usage: --allow-change has a meaning only with --resume; leave it out.", "--allow-change", "Training:Seed")]
    [InlineData(2, "usage: a run resumes in its own folder; leave --output out, or use --resume auto to look there.", "--resume", "none", "-o", "x")]
    public async Task Resume_SomethingMissing_SaysWhat(int expectedCode, string expected, params string[] arguments)
    {
        (int exitCode, _, string error) = await ProgramRun.RunAsync(_folder, arguments);

        Assert.Equal(expectedCode, exitCode);
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
    }

    private void Change(string file, string old, string text)
    {
        string content = File.ReadAllText(_folder[file]);
        Assert.Contains(old, content, StringComparison.Ordinal);
        File.WriteAllText(_folder[file], content.Replace(old, text, StringComparison.Ordinal));
    }

    private async Task<string> WholeAsync(string[] training)
    {
        await ProgramRun.RunAsync(_folder, [.. training, "-w", "1", "-o", "whole"]);
        return HashOf(_folder["whole"]);
    }

    private string[] WithoutSpeed(string run) => [.. File.ReadLines(_folder[$"{run}/{StepsFile.Name}"]).Select(line => line[..line.LastIndexOf(',')])];

    private static string HashOf(string run) => (string)JsonNode.Parse(File.ReadAllText(Path.Combine(run, "run.json")))!["result"]!["weights_sha256"]!;

    [GeneratedRegex(@"(?m) resume command="".* --resume (\S+)""")]
    private static partial Regex ResumeLine();
}
