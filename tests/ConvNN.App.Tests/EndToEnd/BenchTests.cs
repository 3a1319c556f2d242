using System.Text.Json.Nodes;

namespace ConvNN.App.Tests.EndToEnd;

[Collection(ProgramCollection.Name)]
public class BenchTests
{
    private static readonly string TwoBlock = Path.Combine(AppContext.BaseDirectory, "config", "two-block.json");

    [Fact]
    public async Task Bench_QuickAsJson_GivesOneDocumentOfPlausibleFigures()
    {
        using TemporaryFolder folder = new();

        (int exitCode, string output, string error) = await ProgramRun.RunAsync(
            folder, ["bench", "--quick", "--json", "--workers", "1,3", "--batch-size", "10", "--cores", "4,8"]);

        Assert.Equal((0, ""), (exitCode, error));
        JsonNode report = JsonNode.Parse(output)!;
        Assert.Equal(("sample", 3, true), ((string)report["dataset"]!, (int)report["rounds"]!, (bool)report["is_quick"]!));
        Assert.All(Of(report["machine"]!["multiply_adds"]), peak => AssertSpread(peak["gflops"]!));
        Assert.Equal(["read", "triad"], Of(report["machine"]!["memory"]).Select(memory => (string)memory["access"]!).Distinct());
        Assert.All(Of(report["machine"]!["memory"]), memory => AssertSpread(memory["gigabytes_per_second"]!));
        Assert.Equal([1, 3, 2], Of(report["hand_off"]).Select(handOff => (int)handOff["workers"]!).Distinct());
        Assert.Contains("full-gradients", Of(report["hand_off"]).Select(handOff => (string)handOff["exchange"]!));
        Assert.All(Of(report["hand_off"]), handOff => AssertSpread(handOff["microseconds"]!));
        Assert.Equal(["original", "two-block"], Of(report["networks"]).Select(network => (string)network["name"]!));
        Assert.All(Of(report["networks"]), AssertNetwork);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task Bench_QuickWithAFile_PrintsTablesOfItsNetworkAloneThatFit100Columns()
    {
        using TemporaryFolder folder = new();

        (int exitCode, string output, string error) = await ProgramRun.RunAsync(folder, ["bench", "--quick", "--config", TwoBlock, "--workers", "1"]);

        Assert.Equal((0, ""), (exitCode, error));
        string[] lines = output.ReplaceLineEndings("\n").Split('\n');
        Assert.All(lines.Skip(1), line => Assert.InRange(line.Length, 0, 100));
        Assert.Contains(lines, line => line.StartsWith("  memory, triad ", StringComparison.Ordinal));
        Assert.Single(lines, line => line.Contains(" parameters, ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("two-block, batch 32: 225,034 parameters, 15.40 MFLOP per training image", StringComparison.Ordinal));
        Assert.Single(lines, line => line.StartsWith("auto    takes ", StringComparison.Ordinal) || line.StartsWith("AUTO    takes ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("  conv2 ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("configuration: Pipeline:Workers is 0; it must be a whole number between 1 and 1024", "--workers", "1,0")]
    [InlineData("configuration: Pipeline:Workers is empty; ", "--workers", "1,,2")]
    [InlineData("configuration: Training:BatchSize is ten; ", "--batch-size", "10,ten")]
    [InlineData("configuration: Training:BatchSize is 5000, but sample has 4000 training images;", "--quick", "--batch-size", "5000")]
    [InlineData("configuration: no-such.json: there is no such configuration file.", "--config", "no-such.json")]
    [InlineData("usage: --cores is 4,x; it must be a list of whole numbers between 1 and 1024, such as 4,8,16.", "--cores", "4,x")]
    [InlineData("usage: --cores is 0; it must be a list of whole numbers between 1 and 1024, such as 4,8,16.", "--cores", "0")]
    [InlineData("usage: --cores predicts steps of the exchange own-features, but this configuration takes full-gradients; ", "--cores", "4", "--set", "Training:ClipNorm=1")]
    [InlineData("usage: '--epochs' is not an option of bench; ", "--epochs", "3")]
    [InlineData("usage: '--output' is not an option of bench; ", "--output", "out")]
    [InlineData("usage: '--jsn' is not known; did you mean --json?", "--jsn")]
    public async Task Bench_WhatCannotBeMeasured_IsRefusedInOneLine(string expectedError, params string[] arguments)
    {
        using TemporaryFolder folder = new();

        (int exitCode, _, string error) = await ProgramRun.RunAsync(folder, ["bench", .. arguments]);

        Assert.Equal(2, exitCode);
        Assert.StartsWith(expectedError, error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Bench_Help_NamesItsOptionsAndFitsATerminal()
    {
        using TemporaryFolder folder = new();

        (int exitCode, string output, _) = await ProgramRun.RunAsync(folder, ["bench", "--help"]);

        Assert.Equal(0, exitCode);
        Assert.All(["--json", "--quick", "--cores", "--workers", "--batch-size", "--config"], option => Assert.Contains(option, output, StringComparison.Ordinal));
        Assert.DoesNotContain("--epochs", output, StringComparison.Ordinal);
        Assert.All(output.Split('\n').Where(line => !line.Contains("convnn", StringComparison.Ordinal)), line => Assert.InRange(line.TrimEnd().Length, 0, 80));
    }

    [Fact]
    public async Task Bench_Interrupted_EndsWithTheSignalsCode()
    {
        using TemporaryFolder folder = new();
        using ProgramRun run = ProgramRun.Start(folder, ["bench", "--workers", "1", "--batch-size", "10"]);
        await run.ReadToTextAsync("empty step");

        await run.SignalAsync("INT");
        (int exitCode, string output, _) = await run.EndAsync();

        Assert.Equal(130, exitCode);
        Assert.Contains("stopped by SIGINT; nothing more is measured", output, StringComparison.Ordinal);
    }

    private static void AssertNetwork(JsonNode network)
    {
        JsonNode[] workers = Of(network["workers"]);
        Assert.Equal(new[] { 1, 3, (int)network["auto"]!["workers"]! }.Distinct().Order(), workers.Select(report => (int)report["workers"]!));
        Assert.Single(workers, report => (bool)report["is_auto"]!);
        Assert.Equal(1.0, (double)workers[0]["speed_up"]!, precision: 9);
        foreach (JsonNode report in workers)
        {
            AssertSpread(report["images_per_second"]!);
            AssertSpread(report["evaluated_images_per_second"]!);

            // A share of the peak is what it says it is; more than all of it only where others disturb the short turn of the peak.
            double gflops = (double)network["operations_per_image"]! * (double)report["images_per_second"]!["median"]! / 1e9;
            Assert.Equal(1, gflops / (double)report["gflops"]!, precision: 6);
            Assert.Equal(gflops / (double)report["peak_gflops"]!["median"]!, (double)report["peak_share"]!, precision: 6);
            Assert.InRange((double)report["peak_share"]!, 1e-5, 10);
            Assert.Equal(["read", "shard", "workers", "reduce"], Of(report["stages"]).Select(stage => (string)stage["stage"]!));
            Assert.All(Of(report["stages"]), stage => Assert.InRange((double)stage["busy"]!, 0, 1));
        }

        Assert.True((double)network["auto"]!["ratio"]! > 0);
        JsonNode exchanges = network["exchanges"]!;
        AssertSpread(exchanges["own_features"]!);
        AssertSpread(exchanges["full_gradients"]!);
        Assert.True((double)exchanges["ratio"]! > 0);
        Assert.NotEmpty((string)exchanges["division"]!);
        JsonNode cores = network["cores"]!;
        Assert.Equal([4, 8], Of(cores["predictions"]).Select(prediction => (int)prediction["cores"]!));
        Assert.All(Of(cores["predictions"]), prediction => Assert.Contains((int)prediction["threads"]!, Of(cores["steps"]).Select(step => (int)step["threads"]!)));
        Assert.All(Of(network["layers"]), layer => AssertSpread(layer["forward"]!["microseconds"]!));
        Assert.Contains(Of(network["layers"]), layer => layer["parameter_gradient"] is not null && layer["input_gradient"] is not null);
    }

    private static void AssertSpread(JsonNode spread)
    {
        (double min, double median, double max) = ((double)spread["min"]!, (double)spread["median"]!, (double)spread["max"]!);
        Assert.True(min > 0 && min <= median && median <= max && double.IsFinite(max), spread.ToJsonString());
    }

    private static JsonNode[] Of(JsonNode? array) => [.. array!.AsArray().Select(item => item!)];
}
