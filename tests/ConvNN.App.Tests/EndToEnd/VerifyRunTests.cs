using System.Text.RegularExpressions;

namespace ConvNN.App.Tests.EndToEnd;

[Collection(ProgramCollection.Name)]
public class VerifyRunTests
{
    [Fact]
    public async Task VerifyRun_WhatWasTrained_IsEqualOnOtherWorkersAndKernels()
    {
        using TemporaryFolder folder = new();
        await TrainAsync(folder, "-o", "run");
        string[] before = Directory.GetFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories);

        (int exitCode, string output, string error) = await ProgramRun.RunAsync(
            folder, ["verify", "run", "--workers", "1,3", "--kernels", "auto,vector128"], ("CONVNN_Training__Seed", "7"));

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains(" reproduced folder=run epochs=2", output, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task VerifyRun_OtherWeights_NamesTheFirstEpochAndStopsThere()
    {
        using TemporaryFolder folder = new();
        await TrainAsync(folder, "-o", "run");
        string first = Regex.Match(File.ReadLines(folder["run/history.csv"]).ElementAt(1), "[0-9a-f]{64}").Value;
        Change(folder["run/history.csv"], first, new string('0', 64));

        (int exitCode, string output, string error) = await ProgramRun.RunAsync(folder, ["verify", "run"]);

        Assert.Equal(10, exitCode);
        Assert.StartsWith("verify: run: the weights after epoch 1 differ from those recorded: ", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.Contains(" differs epoch=1 weights_sha256=", output, StringComparison.Ordinal);
        Assert.DoesNotContain("epoch 2", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("seed")]
    public async Task VerifyRun_ConfigurationOfAnotherRun_IsRefusedBeforeItTrains(string change)
    {
        using TemporaryFolder folder = new();
        await TrainAsync(folder, "-o", "run");
        if (change == "{}")
        {
            folder.Write("run/config.json", "{}");
        }
        else
        {
            Change(folder["run/config.json"], "\"Seed\": 1", "\"Seed\": 2");
        }

        (int exitCode, string output, string error) = await ProgramRun.RunAsync(folder, ["verify", "run"]);

        Assert.Equal((5, ""), (exitCode, output));
        Assert.StartsWith($"{Path.Combine("run", "config.json")}: is another configuration than the run was trained with, of SHA-256 ", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task VerifyRun_StoppedRun_ComparesItsWholeEpochsAndSaysSo()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        using TemporaryFolder folder = new();
        using (ProgramRun run = ProgramRun.Start(folder, ["--limit", "500", "--epochs", "10000", "-o", "run"]))
        {
            await run.ReadToAsync("epoch epoch=2");
            await run.SignalAsync("INT");
            await run.EndAsync();
        }

        // As a kill in the middle of a line leaves it.
        int epochs = File.ReadAllLines(folder["run/history.csv"]).Length - 1;
        File.AppendAllText(folder["run/history.csv"], $"{epochs + 1},sample,0.1");

        (int exitCode, string output, string error) = await ProgramRun.RunAsync(folder, ["verify", "run"]);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains(
            $" reproduced folder=run epochs={epochs} outcome=stopped",
            output,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, "run: none: there is no such folder; ", "none")]
    [InlineData(5, "run: .: is not a run folder: run.json is missing; ", ".")]
    [InlineData(2, "usage: verify RUN repeats the run exactly; leave --seed out.", "run", "--seed", "2")]
    [InlineData(2, "usage: verify RUN reads the configuration of the run, run/config.json; leave --config out.", "run", "--config", "a.json")]
    [InlineData(2, "usage: '--wrkers' is not known; did you mean --workers?", "--wrkers", "3")]
    [InlineData(3, "dataset: ", "run", "--data-dir", "none")]
    public async Task VerifyRun_CannotBeDone_EndsWithItsCodeAndOneLine(int expectedCode, string expectedError, params string[] arguments)
    {
        using TemporaryFolder folder = new();
        if (arguments[0] == "run")
        {
            await TrainAsync(folder, "-o", "run");
        }

        (int exitCode, _, string error) = await ProgramRun.RunAsync(folder, ["verify", .. arguments]);

        Assert.True(exitCode == expectedCode, $"Exit code {exitCode}, expected {expectedCode}: {error}");
        Assert.StartsWith(expectedError, error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task VerifyRun_OtherBytesOfTheDataset_IsRefusedWithBothHashes()
    {
        using TemporaryFolder folder = new();
        await TrainAsync(folder, "-o", "run");
        string found = Regex.Match(File.ReadAllText(folder["run/run.json"]), "\"test-labels\": \"([0-9a-f]{64})\"").Groups[1].Value;
        string other = new('0', 64);
        Change(folder["run/run.json"], found, other);

        (int exitCode, _, string error) = await ProgramRun.RunAsync(folder, ["verify", "run"]);

        Assert.Equal(3, exitCode);
        Assert.Contains($"test-labels have the SHA-256 {found}, but run was trained on sample with {other}", error, StringComparison.Ordinal);
    }

    private static async Task TrainAsync(TemporaryFolder folder, params string[] arguments)
    {
        (int exitCode, _, string error) = await ProgramRun.RunAsync(folder, ["--epochs", "2", "-w", "2", "--limit", "100", .. arguments]);
        Assert.Equal((0, ""), (exitCode, error));
    }

    private static void Change(string path, string old, string text) =>
        File.WriteAllText(path, File.ReadAllText(path).Replace(old, text, StringComparison.Ordinal));
}
