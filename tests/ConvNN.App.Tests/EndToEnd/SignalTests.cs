using System.Globalization;
using System.Text.Json.Nodes;

namespace ConvNN.App.Tests.EndToEnd;

[Collection(ProgramCollection.Name)]
public class SignalTests
{
    private static readonly TimeSpan MoreThanAnEcho = TimeSpan.FromSeconds(0.6);

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    public async Task Train_FirstSignal_FinishesTheStepAndSumsUp(string signal, int expectedCode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        using TemporaryFolder folder = new();
        using ProgramRun run = ProgramRun.Start(folder, ["--limit", "1000", "--epochs", "10000", "-o", "out"]);
        await run.ReadToAsync("epoch epoch=1");

        await run.SignalAsync(signal);
        (int exitCode, string output, string error) = await run.EndAsync();

        Assert.Equal((expectedCode, ""), (exitCode, error));
        Assert.Contains($" stopped signal=SIG{signal} finished=", output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^\S+ weights sha256=[0-9a-f]{64}\r?$", output);
        Assert.InRange(File.ReadAllLines(folder["out/history.csv"]).Length, 2, 10000);
    }

    /// <summary>An accuracy stands beside the weights that it was measured on, also where these are of no epoch's end.</summary>
    [Theory]
    [InlineData("Training:AverageDecay=null")]
    [InlineData("Training:AverageDecay=0.9")]
    [InlineData("Data:Validation=500")]
    public async Task Train_Stopped_RecordsTheAccuracyOfTheSavedWeights(string setting)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        using TemporaryFolder folder = new();
        using ProgramRun run = ProgramRun.Start(
            folder, ["--epochs", "10000", "-b", "1", "--lr", "0.01", "-o", "out", "--set", setting], ("CONVNN_Logging__IntervalSeconds", "0.05"));
        await run.ReadToAsync("epoch epoch=2");
        await run.ReadToAsync("step epoch=3");

        await run.SignalAsync("INT");
        (_, string output, _) = await run.EndAsync();
        (_, string json, _) = await ProgramRun.RunAsync(folder, ["evaluate", "--model", "out", "--json"]);

        double accuracy = (double)JsonNode.Parse(json)!["accuracy"]!;
        JsonNode result = JsonNode.Parse(File.ReadAllText(folder["out/run.json"]))!["result"]!;
        Assert.Equal(("stopped", accuracy), ((string)result["outcome"]!, (double)result["test_accuracy"]!));
        Assert.Contains($" test_accuracy={accuracy.ToString(CultureInfo.InvariantCulture)} ", output.Split(" done ")[1], StringComparison.Ordinal);
        Assert.Contains($" weights sha256={(string)result["weights_sha256"]!}", output, StringComparison.Ordinal);
        Assert.Equal(setting.StartsWith("Data", StringComparison.Ordinal), result["best_epoch"] is not null);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task Train_SecondSignal_EndsAtOnce(string signal, int expectedCode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        using TemporaryFolder folder = new();
        string network = Path.Combine(AppContext.BaseDirectory, "config", "two-block.json");

        // One step of this takes seconds. When the first is reported twice, the second has begun.
        using ProgramRun run = ProgramRun.Start(folder, ["-c", network, "-b", "200", "--kernels", "reference"], ("CONVNN_Logging__IntervalSeconds", "0.2"));
        await run.ReadToAsync("step epoch=1 epochs=12 step=1");
        await run.ReadToAsync("step epoch=1 epochs=12 step=1");
        await run.SignalAsync(signal);
        await run.ReadToAsync("stop");
        await Task.Delay(MoreThanAnEcho, TestContext.Current.CancellationToken);

        await run.SignalAsync(signal);
        (int exitCode, string output, string error) = await run.EndAsync();

        Assert.Equal((expectedCode, ""), (exitCode, error));
        Assert.DoesNotContain(" weights ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_ReaderOfStdoutHasPaused_StillEnds()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        using TemporaryFolder folder = new();

        // Progress every millisecond fills a pipe that nobody reads.
        using ProgramRun run = ProgramRun.Start(
            folder, ["--limit", "1000", "--epochs", "10000", "-o", "out"], ("CONVNN_Logging__IntervalSeconds", "0.001"));
        await run.ReadToAsync("epoch epoch=1");
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);

        await run.SignalAsync("TERM");
        (int exitCode, _, string error) = await run.EndAsync(isOutputClosed: true);

        Assert.Equal((143, ""), (exitCode, error));
    }

    /// <summary>It signals its child, and then the group that both are in.</summary>
    [Fact]
    public async Task Train_StoppedByTimeout_FinishesTheStepAllTheSame()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/timeout"), "There is no timeout of GNU here.");
        using TemporaryFolder folder = new();

        (int exitCode, string output, string error) = await ProgramRun.RunUnderAsync(
            ["timeout", "--signal=INT", "3"], folder, "--limit", "1000", "--epochs", "100000", "-o", "out");

        Assert.Equal((124, ""), (exitCode, error));     // timeout's own code
        Assert.Contains(" stopped signal=SIGINT finished=", output, StringComparison.Ordinal);
        Assert.Equal("stopped", (string)JsonNode.Parse(File.ReadAllText(folder["out/run.json"]))!["result"]!["outcome"]!);
    }

    [Theory]
    [InlineData("INT", 130, "verify runs=", "verify", "--workers", "1,2", "--limit", "1000", "--epochs", "10000")]
    [InlineData("TERM", 143, "train   sgd", "trace", "--step", "600000", "--epochs", "10000")]
    [InlineData("INT", 130, "train   sgd", "check-gradients")]
    public async Task OtherCommand_FirstSignal_SaysThatItWasStopped(string signal, int expectedCode, string line, params string[] arguments)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        using TemporaryFolder folder = new();
        string network = Path.Combine(AppContext.BaseDirectory, "config", "two-block.json");
        using ProgramRun run = ProgramRun.Start(folder, [.. arguments, "--config", network]);
        await run.ReadToTextAsync(line);

        await run.SignalAsync(signal);
        (int exitCode, string output, string error) = await run.EndAsync();

        Assert.Equal((expectedCode, ""), (exitCode, error));
        Assert.Contains("stopped", output, StringComparison.Ordinal);
        Assert.Contains($"SIG{signal}", output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    /// <summary>A library of command lines would end the process two seconds after the signal, in the middle of the step.</summary>
    [Fact]
    public async Task Train_StepOfSeveralSeconds_IsFinishedAllTheSame()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        using TemporaryFolder folder = new();
        using ProgramRun run = ProgramRun.Start(folder, ["-b", "4000", "--kernels", "reference", "-w", "1", "-o", "out"]);
        await run.ReadToAsync("output");

        await run.SignalAsync("INT");
        (int exitCode, string output, string error) = await run.EndAsync();

        Assert.Equal((130, ""), (exitCode, error));
        Assert.Matches(@"(?m)^\S+ weights sha256=[0-9a-f]{64}\r?$", output);
        Assert.True(File.Exists(folder["out/model.safetensors"]));
    }

    [Fact]
    public async Task Train_ControlCOnATerminal_FinishesTheStepAndSumsUp()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/script"), "There is no script of util-linux here.");
        using TemporaryFolder folder = new();
        using ProgramRun run = ProgramRun.StartOnTerminal(folder, "--limit", "1000", "--epochs", "10000", "-o", "out");
        await run.ReadToTextAsync("1/10000");

        await run.TypeAsync("\u0003");
        (int exitCode, string output, _) = await run.EndAsync();

        Assert.True(exitCode == 130, $"Exit code {exitCode}: {output}");
        Assert.Contains("stopped by SIGINT in epoch ", output, StringComparison.Ordinal);
        Assert.True(File.Exists(folder["out/model.safetensors"]));
    }

    [Fact]
    public async Task Train_ControlCTwiceOnATerminal_EndsAtOnce()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/script"), "There is no script of util-linux here.");
        using TemporaryFolder folder = new();
        string network = Path.Combine(AppContext.BaseDirectory, "config", "two-block.json");
        using ProgramRun run = ProgramRun.StartOnTerminal(folder, "-c", network, "-b", "400", "--kernels", "reference", "-o", "out");

        // The status line, which follows a step that is done.
        await run.ReadToTextAsync("1/12 ");
        await run.TypeAsync("\u0003");
        await run.ReadToTextAsync("SIGINT");
        await Task.Delay(MoreThanAnEcho, TestContext.Current.CancellationToken);

        await run.TypeAsync("\u0003");
        (int exitCode, string output, _) = await run.EndAsync();

        Assert.True(exitCode == 130, $"Exit code {exitCode}: {output}");
        Assert.False(File.Exists(folder["out/model.safetensors"]));
    }
}
