namespace ConvNN.App.Tests.EndToEnd;

[Collection(ProgramCollection.Name)]
public class FaultTests
{
    private const string Misfit = """{ "Model": { "Layers": [{ "Type": "conv2d", "Filters": 8, "Kernel": 3 }, { "Type": "maxpool2d", "Window": 40 }] } }""";

    [Theory]
    [InlineData(2, "usage: '--wrkers' is not known; did you mean --workers?", "--wrkers", "8")]
    [InlineData(2, "usage: 'trai' is not known; did you mean train?", "trai")]
    [InlineData(2, "usage: '--workers' needs a value: --workers N.", "--workers")]
    [InlineData(2, "usage: '@file' is not known; --help lists what is.", "@file")]
    [InlineData(2, "usage: '--output' has an empty value; leave it out, or give one: --output DIR.", "--output", "")]
    [InlineData(2, "usage: '--data-dir' has an empty value; leave it out, or give one: --data-dir DIR.", "--data-dir", "")]
    [InlineData(2, "usage: '--model' has an empty value; leave it out, or give one: --model PATH.", "evaluate", "--model", "")]
    [InlineData(2, "usage: 'inspect' has an empty argument; leave it out, or name something.", "inspect", "")]
    [InlineData(2, "usage: 'sweep' has an empty argument; leave it out, or name something.", "sweep", "a.json", "")]
    [InlineData(2, "configuration: Pipeline:Workers is 0; it must be a whole number between 1 and 1024, or auto.", "--workers", "0")]
    [InlineData(2, "configuration: Data:Limit is 5000, but sample has 4000 training images;", "--limit", "5000")]
    [InlineData(2, "configuration: Training:BatchSize is 10, but sample has 5 training images;", "--limit", "5")]
    [InlineData(2, "configuration: none.json: there is no such configuration file.", "--config", "none.json")]
    [InlineData(2, "configuration: malformed.json, line 2, column 15: ", "--config", "malformed.json")]
    [InlineData(2, "configuration: Model:Layers do not fit together: input 1×28×28 → conv1 8×26×26 → [maxpool2d 'pool1' ✗]: ", "--config", "misfit.json")]
    [InlineData(3, "dataset: ", "--data-dir", "no-such-folder")]
    [InlineData(4, "output: malformed.json: the run's folder cannot be written: ", "--output", "malformed.json")]
    [InlineData(4, "output: run: already holds a run (history.csv); ", "--output", "run")]
    [InlineData(6, "diverged: Training diverged in epoch 1, step ", "--learning-rate", "1e6", "--output", "out")]
    [InlineData(2, "usage: '--log-format' is not an option of trace; ", "trace", "--log-format", "json")]
    [InlineData(2, "usage: '--log-format' is not an option of find-lr; ", "find-lr", "--log-format", "json")]
    [InlineData(2, "usage: '--epochs' is not an option of find-lr; ", "find-lr", "--epochs", "3")]
    [InlineData(2, "usage: '--lr' is not an option of find-lr; ", "find-lr", "--lr", "0.5")]
    [InlineData(2, "usage: '--workers' is not an option of check-gradients; ", "check-gradients", "--workers", "2")]
    [InlineData(2, "usage: --dry-run shows what a new run would train; leave --resume and --allow-change out.", "--resume", "auto", "--dry-run")]
    public async Task Program_Fault_EndsWithItsCodeAndOneLine(int expectedCode, string expectedError, params string[] arguments)
    {
        using TemporaryFolder folder = new();
        folder.Write("malformed.json", "{\n  \"Name\": \"x\",,\n}");
        folder.Write("misfit.json", Misfit);
        Directory.CreateDirectory(folder["run"]);
        folder.Write("run/history.csv", "");

        (int exitCode, _, string error) = await ProgramRun.RunAsync(folder, arguments);

        Assert.True(exitCode == expectedCode, $"Exit code {exitCode}, expected {expectedCode}: {error}");
        Assert.StartsWith(expectedError, error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.False(Directory.Exists(folder["runs"]), "A fault before the first step left a run's folder behind.");
    }

    [Fact]
    public async Task Program_SeveralFailures_PrintsALineForEach()
    {
        using TemporaryFolder folder = new();

        (int exitCode, string output, string error) = await ProgramRun.RunAsync(
            folder, ["--epochs", "0", "-b", "ten", "--lr", "NaN"], ("CONVNN_Pipline__Workers", "1"));

        Assert.Equal((2, ""), (exitCode, output));
        string[] lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, lines.Length);
        Assert.All(lines, line => Assert.StartsWith("configuration: ", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Program_Verbose_AddsTheStackTrace()
    {
        using TemporaryFolder folder = new();

        (int exitCode, _, string error) = await ProgramRun.RunAsync(folder, ["-v", "--data-dir", "no-such-folder"]);

        Assert.Equal(3, exitCode);
        Assert.Contains("   at ConvNN.Data.", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_NothingFinishedForTooLong_EndsAsStalled()
    {
        using TemporaryFolder folder = new();

        // A step of the reference takes a second or so; nothing is finished for a tenth of one, ten times the timeout since threads compute.
        (int exitCode, _, string error) = await ProgramRun.RunAsync(
            folder, ["--kernels", "reference", "-b", "2000"], ("CONVNN_Pipeline__StallTimeout", "0.01"));

        Assert.Equal(7, exitCode);
        Assert.StartsWith("Stalled: no block has finished anything for 0.01 s.", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_Help_NamesEveryOption()
    {
        using TemporaryFolder folder = new();

        (int exitCode, string output, string error) = await ProgramRun.RunAsync(folder, ["--help"]);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.All(
            App.Configuration.Settings.All.SelectMany(setting => setting.Options),
            option => Assert.Contains(option, output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Program_Help_FitsATerminalAndBeginsCommandsAsItWasStarted()
    {
        using TemporaryFolder folder = new();

        (_, string root, _) = await ProgramRun.RunAsync(folder, ["[dotnet-run]", "--help"]);
        (_, string schema, _) = await ProgramRun.RunAsync(folder, ["schema", "--help"]);

        Assert.Contains("  dotnet run -- [command] [options]", root, StringComparison.Ordinal);
        Assert.Contains("  dotnet run -- --workers 8 --epochs 3 --lr 0.05", root, StringComparison.Ordinal);
        Assert.All(root.Split('\n'), line => Assert.True(line.Length <= 80, $"{line.Length} columns: {line}"));
        Assert.DoesNotContain("--workers", schema, StringComparison.Ordinal);
    }
}
