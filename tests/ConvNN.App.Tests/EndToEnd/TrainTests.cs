using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using ConvNN.App.Runs;

namespace ConvNN.App.Tests.EndToEnd;

[Collection(ProgramCollection.Name)]
public class TrainTests
{
    /// <summary>The setting takes the runtime's AVX2 and FMA away, as some virtual machines do.</summary>
    [Fact]
    public async Task Train_WithoutFusedMultiplyAdd_SaysSoAndGivesTheSameBits()
    {
        Assert.SkipWhen(RuntimeInformation.ProcessArchitecture != System.Runtime.InteropServices.Architecture.X64, "Every Arm64 processor has it.");
        using TemporaryFolder folder = new();
        string[] arguments = ["--data", "sample", "--limit", "200", "-e", "1", "-o"];

        (_, string fused, _) = await ProgramRun.RunAsync(folder, [.. arguments, "a"]);
        (int exitCode, string slow, string error) = await ProgramRun.RunAsync(folder, [.. arguments, "b"], ("DOTNET_EnableAVX2", "0"));

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains(" kernels=\"SSE without FMA\" ", slow, StringComparison.Ordinal);
        Assert.Contains("This process sees no fused multiply-add (FMA) in the processor, so it is computed in software: the same bits, several times slower. DOTNET_EnableAVX2=0 hides it; leave it out.", slow, StringComparison.Ordinal);
        Assert.DoesNotContain("FMA", fused, StringComparison.Ordinal);
        Assert.Equal(Weights(fused), Weights(slow));

        static string Weights(string output) => Assert.Single(output.Split('\n'), line => line.Contains(" weights sha256=", StringComparison.Ordinal))[25..];
    }

    [Fact]
    public async Task Train_OnTheSample_PrintsTheRunAndWritesItsHistory()
    {
        using TemporaryFolder folder = new();

        (int exitCode, string output, string error) = await ProgramRun.RunAsync(folder, ["--limit", "200", "--epochs", "2", "--workers", "2"]);

        Assert.Equal((0, ""), (exitCode, error));
        string run = Assert.Single(Directory.GetDirectories(folder["runs"]));
        Assert.EndsWith("-original", run, StringComparison.Ordinal);
        string[] lines = File.ReadAllLines(Path.Combine(run, "history.csv"));
        Assert.Equal((HistoryFile.Header, 3), (lines[0], lines.Length));
        string hash = AssertValues(lines[1], "1");
        string last = AssertValues(lines[2], "2");
        Assert.NotEqual(hash, last);

        const string Note = "note=\"SAMPLE, NOT MNIST\"";
        Assert.Matches(@"^\S+Z start version=0\.", output);
        Assert.Contains(" data dataset=sample train_images=200 available_images=4000 test_images=1000 height=28 width=28 ", output, StringComparison.Ordinal);
        Assert.Contains(" train optimizer=sgd learning_rate=0.1 loss=cross-entropy batch_size=10 epochs=2 seed=1 workers=2 ", output, StringComparison.Ordinal);
        Assert.Contains($" output folder={Path.Combine("runs", Path.GetFileName(run))}", output, StringComparison.Ordinal);
        Assert.Contains($" weights_sha256={hash} {Note}{Environment.NewLine}", output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^\S+ done dataset=sample epochs=2 .* note=""SAMPLE, NOT MNIST""\r?$", output);
        Assert.Contains($" weights sha256={last}{Environment.NewLine}", output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', output);
    }

    [Fact]
    public async Task Train_Verbose_TellsTheSameOfEachLayerForAllWorkersAndChangesNoWeight()
    {
        using TemporaryFolder folder = new();
        string[] run = ["--limit", "300", "--epochs", "2", "--set", "Model:Layers:conv1:Filters=5"];

        (_, string quiet, _) = await ProgramRun.RunAsync(folder, run);
        (_, string verbose, _) = await ProgramRun.RunAsync(folder, [.. run, "--verbose", "--workers", "1"]);
        (_, string others, _) = await ProgramRun.RunAsync(folder, [.. run, "-v", "--workers", "3"]);

        Assert.Empty(Layers(quiet));
        Assert.Equal(
            from epoch in new[] { "1", "2" }
            from layer in new[] { "conv1", "dense1", "dense2", "dense3" }
            select (epoch, layer),
            Layers(verbose).Select(line => (line.Groups["epoch"].Value, line.Groups["name"].Value)));
        Assert.Equal(Layers(verbose).Select(line => line.Value), Layers(others).Select(line => line.Value));
        Assert.Equal(["5", "128", "64", ""], Layers(verbose).Take(4).Select(line => line.Groups["relus"].Value));
        Assert.Equal(Hashes(quiet), Hashes(verbose));

        static MatchCollection Layers(string output) => Regex.Matches(
            output, @"(?m) layer_statistics epoch=(?<epoch>\d) name=(?<name>\S+) gradient_norm=\S+ weight_norm=\S+( relus=(?<relus>\d+) dead_relus=\d+ dead_share=\S+)?\r?$");

        static IEnumerable<string> Hashes(string output) => Regex.Matches(output, "weights_sha256=[0-9a-f]{64}").Select(match => match.Value);
    }

    [Fact]
    public async Task Train_RateThatKillsLayers_SaysSoUnasked()
    {
        using TemporaryFolder folder = new();

        (int exitCode, string output, _) = await ProgramRun.RunAsync(folder, ["--limit", "2000", "--epochs", "2", "--lr", "3"]);

        Assert.Equal(0, exitCode);
        Assert.Single(Regex.Matches(output, "warning text=\"dead ReLUs: [^\"]* in dense1[^\"]* are 0 for each of 260 training images, so no gradient reaches them; "));
    }

    [Fact]
    public async Task Train_SameCommandWithVerbAndOtherWorkers_GivesTheSameWeights()
    {
        using TemporaryFolder folder = new();

        string first = await WeightsAsync("--limit", "200", "-e", "1", "-w", "1", "-o", "a");
        string again = await WeightsAsync("--limit", "200", "-e", "1", "-w", "1", "-o", "b");
        string other = await WeightsAsync("train", "--limit", "200", "-e", "1", "-w", "3", "-o", "c");
        string seeded = await WeightsAsync("train", "--limit", "200", "-e", "1", "--seed", "2", "-o", "d");

        Assert.Equal([first, first], [again, other]);
        Assert.NotEqual(first, seeded);

        async Task<string> WeightsAsync(params string[] arguments)
        {
            (int exitCode, string output, string error) = await ProgramRun.RunAsync(folder, arguments);
            Assert.Equal((0, ""), (exitCode, error));
            return Regex.Match(output, " weights sha256=([0-9a-f]{64})").Groups[1].Value;
        }
    }

    [Fact]
    public async Task Train_FileEnvironmentAndOptions_FollowTheirPrecedence()
    {
        using TemporaryFolder folder = new();
        folder.Write("appsettings.json", """{ "Name": "here", "Training": { "Epochs": 7, "BatchSize": 20, "Seed": 5 }, "Data": { "Limit": 100 } }""");

        (int exitCode, string output, _) = await ProgramRun.RunAsync(
            folder, ["--epochs", "1"], ("CONVNN_Training__Epochs", "3"), ("CONVNN_Training__Seed", "9"), ("CONVNN_EXPECT_TIER", "any"));

        Assert.Equal(0, exitCode);
        Assert.Contains(" configuration=./appsettings.json name=here", output, StringComparison.Ordinal);
        Assert.Contains(" batch_size=20 epochs=1 seed=9 ", output, StringComparison.Ordinal);
        Assert.EndsWith("-here", Assert.Single(Directory.GetDirectories(folder["runs"])), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_ProgressInterval_PrintsStepLines()
    {
        using TemporaryFolder folder = new();

        (int exitCode, string output, _) = await ProgramRun.RunAsync(
            folder, ["--epochs", "1", "--kernels", "reference", "--limit", "400"], ("CONVNN_Logging__IntervalSeconds", "0.05"));

        Assert.Equal(0, exitCode);
        Assert.Matches(@"(?m)^\S+Z step epoch=1 epochs=1 step=\d+ steps=40 images=\d+ train_loss=\d\S+ train_accuracy=\d\S* dropout=true images_per_second=\d+ ", output);
    }

    [Fact]
    public async Task Train_OutputIsClosed_GoesOn()
    {
        using TemporaryFolder folder = new();
        using ProgramRun run = ProgramRun.Start(folder, ["--limit", "200", "--epochs", "3", "-o", "out"]);
        await run.ReadToAsync("start");

        run.CloseOutput();
        (int exitCode, _, string error) = await run.EndAsync(isOutputClosed: true);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Equal(4, File.ReadAllLines(folder["out/history.csv"]).Length);
    }

    private static string AssertValues(string line, string epoch)
    {
        string[] values = line.Split(',');
        double Number(int column) => double.Parse(values[column], NumberStyles.Float, CultureInfo.InvariantCulture);

        Assert.Equal(HistoryFile.Header.Split(',').Length, values.Length);
        Assert.Equal(["", "", "1"], values[11..]);
        Assert.Equal([epoch, "sample", "0.1"], values[..3]);
        Assert.InRange(Number(3), 0.01, 10);
        Assert.InRange(Number(4), 0.01, 1);
        Assert.InRange(Number(5), 0.01, 10);
        Assert.InRange(Number(6), 0.01, 1);
        Assert.InRange(Number(7), 0.0001, 60);
        Assert.Equal(200 / Number(7), Number(8), 200 / Number(7) * 1e-9);
        Assert.Contains(values[9], (string[])["read", "shard", "workers", "reduce"]);
        Assert.Matches("^[0-9a-f]{64}$", values[10]);
        return values[10];
    }
}
