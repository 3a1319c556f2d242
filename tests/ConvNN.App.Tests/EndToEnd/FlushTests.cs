using System.Globalization;
using System.Text.RegularExpressions;

namespace ConvNN.App.Tests.EndToEnd;

/// <summary>A write counts only once the system has said so: real processes in which <c>fsync</c> of a path fails.</summary>
public class FlushTests
{
    [Theory]
    [InlineData("run/history.csv", "EIO", "output: run: the run's folder cannot be written: Input/output error")]
    [InlineData("run", "EIO", "output: run: the run's folder cannot be written: Input/output error")]
    [InlineData("run/history.csv", "ENOSPC", "output: run: the run's folder cannot be written: No space left on device")]
    public async Task Train_FlushThatFails_EndsInOneLine(string path, string error, string expected)
    {
        (int exitCode, string output, string line) = await RunAsync(path, error, "--limit", "100", "--epochs", "2", "--output", "run");

        Assert.Equal(4, exitCode);
        Assert.StartsWith(expected, Assert.Single(line.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.DoesNotContain(" saved ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sweep_FlushThatFails_EndsInOneLine()
    {
        (int exitCode, _, string line) = await RunAsync("sweep/sweep.csv", "EIO", "sweep", "--seeds", "1-2", "--limit", "100", "--epochs", "1", "--output", "sweep");

        Assert.Equal(4, exitCode);
        Assert.Contains("sweep.csv: cannot be written: Input/output error", Assert.Single(line.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    /// <summary>Pipes and terminals cannot be flushed, and need not.</summary>
    [Fact]
    public async Task Train_FlushThatMeansNothing_IsDone()
    {
        (int exitCode, string output, string line) = await RunAsync("run", "EINVAL", "--limit", "100", "--epochs", "1", "--output", "run");

        Assert.Equal((0, ""), (exitCode, line));
        Assert.Contains(" saved ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_StepThatCannotBeWritten_EndsInOneLineAndKeepsTheSteps()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "strace is not here; it makes a system call fail.");
        using TemporaryFolder folder = new();
        string steps = folder["run/steps.csv"];

        (int exitCode, _, string line) = await ProgramRun.RunUnderAsync(
            ["strace", "--follow-forks", "--output", "/dev/null", "--trace", "write,pwrite64", "--trace-path", steps, "--inject", "write,pwrite64:error=ENOSPC:when=3+"],
            folder,
            "--limit", "100", "--epochs", "100", "--output", "run", "--set", "Output:StepEvery=2");

        Assert.Equal(4, exitCode);
        Match told = Regex.Match(Assert.Single(line.TrimEnd().Split('\n')), @"^output: \S+steps\.csv: cannot be written after step (\d+): No space left on device");
        Assert.True(told.Success, line);
        int failed = int.Parse(told.Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.Equal(["step", .. Enumerable.Range(1, (failed / 2) - 1).Select(row => $"{2 * row}")], File.ReadLines(steps).Select(row => row.Split(',')[0]));
        Assert.Contains("\"outcome\": \"failed\"", File.ReadAllText(folder["run/run.json"]), StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(string path, string error, params string[] arguments)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "strace is not here; it makes a system call fail.");
        using TemporaryFolder folder = new();
        return await ProgramRun.RunUnderAsync(
            ["strace", "--follow-forks", "--output", "/dev/null", "--trace", "fsync", "--trace-path", folder[path], "--inject", $"fsync:error={error}"], folder, arguments);
    }
}
