namespace ConvNN.App.Tests.EndToEnd;

[Collection(ProgramCollection.Name)]
public class SignalTests
{
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
        Assert.Contains($" stopped signal=SIG{signal} epoch=", output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^\S+ weights sha256=[0-9a-f]{64}\r?$", output);
        Assert.InRange(File.ReadAllLines(folder["out/history.csv"]).Length, 2, 10000);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task Train_SecondSignal_EndsAtOnce(string signal, int expectedCode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        using TemporaryFolder folder = new();
        string network = Path.Combine(AppContext.BaseDirectory, "config", "two-block.json");

        // One step of this takes many seconds.
        using ProgramRun run = ProgramRun.Start(folder, ["-c", network, "-b", "4000", "--kernels", "reference"]);
        await run.ReadToAsync("output");
        await run.SignalAsync(signal);
        await run.ReadToAsync("stop");

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
}
