using System.Text.Json.Nodes;
using ConvNN.App.Commands.Trace;

namespace ConvNN.App.Tests.EndToEnd;

[Collection(ProgramCollection.Name)]
public class TraceTests
{
    [Fact]
    public async Task Trace_AnyNumberOfWorkers_DiffersBehindTheBarOnly()
    {
        List<string> shared = [];
        List<string> all = [];
        foreach (string workers in (string[])["1", "2", "3", "8"])
        {
            string output = await TraceAsync("--step", "23", "--workers", workers, "--limit", "200");
            all.Add(output);
            shared.Add(string.Join('\n', output.Split('\n').Select(line => line.Split(TraceReport.Bar)[0].TrimEnd()).Where(line => line.Length > 0)));
        }

        Assert.Equal(4, all.Distinct().Count());
        Assert.Single(shared.Distinct());
        Assert.Contains("step    23: step 3 of 20 in epoch 2, 10 samples in 8 leaves, mean loss ", shared[0], StringComparison.Ordinal);
        Assert.All(all[3].Split('\n').Skip(1), line => Assert.InRange(line.TrimEnd().Length, 0, 80));
    }

    [Fact]
    public async Task Trace_LastStepOfAnEpoch_EndsInTheWeightsOfTraining()
    {
        using TemporaryFolder folder = new();
        await ProgramRun.RunAsync(folder, ["--limit", "205", "-e", "2", "-o", "out"]);
        string trained = File.ReadAllLines(folder["out/history.csv"])[^1].Split(',')[10];

        string output = await TraceAsync("--step", "42", "--limit", "205", "-e", "2", "-w", "3");

        Assert.Contains("step    42: step 21 of 21 in epoch 2, 5 samples in 8 leaves", output, StringComparison.Ordinal);
        Assert.Contains($"\nafter   {trained}", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trace_AsJson_HasTheFiguresOfTheText()
    {
        string[] step = ["--step", "42", "--limit", "205", "-e", "2", "-w", "3"];
        string text = await TraceAsync(step);

        JsonNode found = JsonNode.Parse(await TraceAsync([.. step, "--json"]))!;

        Assert.Contains($"step    {found["step"]}: step {found["step_of_epoch"]} of {found["steps_per_epoch"]} in epoch {found["epoch"]}, {found["samples"]} samples in {found["leaves"]!.AsArray().Count} leaves, mean loss {(double)found["mean_loss"]!:0.00000}", text, StringComparison.Ordinal);
        Assert.Contains($"|mean| {SumTreeDrawing.Text((double)found["mean_gradient_norm"]!)}", text, StringComparison.Ordinal);
        Assert.Contains($"before  {found["before"]!["weights_sha256"]}\n", text, StringComparison.Ordinal);
        Assert.Contains($"after   {found["after"]!["weights_sha256"]}\n", text, StringComparison.Ordinal);
        Assert.All(found["weights"]!.AsArray(), weight => Assert.Matches($@"(?m)^{weight!["weight"]!.ToString().Replace("[", @"\[", StringComparison.Ordinal)} +{(float)weight["before"]!:g9} ", text));
        Assert.Equal((int)found["samples"]!, found["leaves"]!.AsArray().Sum(leaf => leaf!["images"]!.AsArray().Count));
        Assert.Equal([.. Enumerable.Range(0, 3), null], found["joins"]!.AsArray().Select(join => (int?)join!["worker"]).Distinct().OrderBy(worker => worker ?? int.MaxValue));
        Assert.Equal("sample", (string)found["data"]!["dataset"]!);
        Assert.Equal(0.1, (double)found["train"]!["learning_rate"]!);
    }

    [Theory]
    [InlineData("usage: trace needs the step to show, from 1: ")]
    [InlineData("usage: --step is 0; it must be a whole number from 1, counted over all epochs.", "--step", "0")]
    [InlineData("usage: --step is x; it must be a whole number from 1", "--step", "x")]
    [InlineData("usage: --step is 41, but the run has 40 steps, 20 in each epoch.", "--step", "41", "--limit", "200", "-e", "2")]
    [InlineData("usage: '-o' ", "--step", "1", "-o", "out")]
    public async Task Trace_StepThatIsNone_IsRefused(string expected, params string[] arguments)
    {
        using TemporaryFolder folder = new();

        (int exitCode, string output, string error) = await ProgramRun.RunAsync(folder, ["trace", .. arguments]);

        Assert.Equal((2, ""), (exitCode, output));
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
    }

    private static async Task<string> TraceAsync(params string[] arguments)
    {
        using TemporaryFolder folder = new();
        (int exitCode, string output, string error) = await ProgramRun.RunAsync(folder, ["trace", .. arguments]);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
        return output;
    }
}
