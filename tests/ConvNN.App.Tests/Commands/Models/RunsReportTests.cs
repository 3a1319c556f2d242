using System.Text.Json.Nodes;
using ConvNN.App.Commands.Models;

namespace ConvNN.App.Tests.Commands.Models;

public sealed class RunsReportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public RunsReportTests()
    {
        Run("a", accuracy: "0.98", optimizer: "sgd", batch: 10, day: 1);
        Run("b", accuracy: "0.99", optimizer: "adam", batch: 64, day: 3);
        Run("c", accuracy: "null", optimizer: "adam", batch: 128, day: 2);
        Directory.CreateDirectory(_folder["runs/broken"]);
        _folder.Write("runs/broken/run.json", "{");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("accuracy", false, "a,b,c,broken")]
    [InlineData("accuracy", true, "b,a,c,broken")]
    [InlineData("batch", true, "c,b,a,broken")]
    [InlineData("started_utc", false, "a,c,b,broken")]
    [InlineData(null, false, "b,c,a,broken")]
    public void Lines_Sorted_RunsWithoutTheValueComeLast(string? column, bool isDescending, string expected)
    {
        RunsReport report = new(_folder["runs"]) { SortBy = column is null ? null : RunColumn.Find(column, "--sort"), IsDescending = isDescending };

        Assert.Equal(expected, string.Join(',', report.Lines().Skip(1).Select(NameOf)));
    }

    [Theory]
    [InlineData("accuracy > 0.98", "b")]
    [InlineData("accuracy >= 98 %", "b,a")]
    [InlineData("accuracy != 0.98", "b")]
    [InlineData("optimizer=ADAM", "b,c")]
    [InlineData("batch <= 64", "b,a")]
    [InlineData("started_utc < 2026-01-03", "c,a")]
    [InlineData("name == original", "b,c,a")]
    [InlineData("loss < 1", "")]
    public void Lines_Filtered_ShowsTheRunsThatPass(string filter, string expected)
    {
        RunsReport report = new(_folder["runs"]) { Filters = [RunFilter.Parse(filter)] };

        Assert.Equal(expected, string.Join(',', report.Lines().Skip(1).Select(NameOf)));
        Assert.Equal(expected.Length == 0 ? 0 : expected.Split(',').Length, JsonNode.Parse(report.Json())!.AsArray().Count);
    }

    [Fact]
    public void Lines_NarrowTerminal_KeepsWhatDiffersAndWhatIsAskedFor()
    {
        RunsReport report = new(_folder["runs"]) { SortBy = RunColumn.Find("outcome", "--sort") };
        int folder = report.Lines().Max(line => line.IndexOf("  ", StringComparison.Ordinal));

        string[] lines = [.. report.Lines(width: folder + 50)];

        Assert.All(lines.Take(4), line => Assert.InRange(line.Length, 1, folder + 50));
        Assert.Matches("^run +outcome +accuracy +optimizer +batch$", lines[0]);
    }

    /// <summary>Trials are compared by validation. One whose test accuracy was seen could be chosen by it.</summary>
    [Fact]
    public void Lines_TrialsOfASweep_ShowValidationAndNoTest()
    {
        foreach ((string name, string validation) in new[] { ("aaaa", "0.91"), ("bbbb", "0.95") })
        {
            Run($"../sweeps/trials/{name}", accuracy: "0.5", optimizer: "sgd", batch: 10, day: 1);
            _folder.Write($"sweeps/trials/{name}.json", "{}");
            _folder.Write($"sweeps/trials/{name}/history.csv", $"epoch,test_loss,test_accuracy,validation_accuracy,weights_sha256\n1,2.5,0.5,{validation},{new string('a', 64)}\n");
        }

        RunsReport report = new(_folder["sweeps/trials"]) { SortBy = RunColumn.Find("validation_accuracy", "--sort"), IsDescending = true };
        string[] lines = [.. report.Lines()];
        JsonNode best = JsonNode.Parse(report.Json())![0]!;

        Assert.Matches("dataset +validation +optimizer", lines[0]);
        Assert.Matches(@"bbbb .* 95\.00 % +sgd", lines[1]);
        Assert.Matches(@"aaaa .* 91\.00 % +sgd", lines[2]);
        Assert.StartsWith("trials  of a sweep are compared by validation accuracy; ", lines[3], StringComparison.Ordinal);
        Assert.Equal((0.95, null, null), ((double?)best["validation_accuracy"], (double?)best["accuracy"], (double?)best["loss"]));
        Assert.Single(new RunsReport(_folder["sweeps/trials"]) { Filters = [RunFilter.Parse("validation_accuracy > 94 %")] }.Csv().Skip(1));
        Assert.DoesNotContain("validation", new RunsReport(_folder["runs"]).Lines().First(), StringComparison.Ordinal);
    }

    [Fact]
    public void Csv_DamagedRun_IsALineWithItsFault()
    {
        string[] lines = [.. new RunsReport(_folder["runs"]).Csv()];

        Assert.Equal(5, lines.Length);
        Assert.EndsWith(",weights_sha256,fault", lines[0], StringComparison.Ordinal);
        Assert.Contains(",,,,run.json: cannot be read: ", lines[4].Replace("\"", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static string NameOf(string line) => Path.GetFileName(line.Split(' ')[0]);

    private void Run(string name, string accuracy, string optimizer, int batch, int day)
    {
        string hash = new('a', 64);
        Directory.CreateDirectory(_folder[$"runs/{name}"]);
        _folder.Write($"runs/{name}/run.json", $$"""
            {"version":"0.1.0","commit":null,"runtime":".NET","operating_system":"Linux","architecture":"x64","cores":2,"kernels":"vector512","vector_bits":512,"workers":2,"seed":1,"process_id":1,
            "dataset": {"name":"sample","source":"x","is_as_published":true,"train":10,"test":10,"sha256":{} },
            "started_utc":"2026-01-0{{day}}T00:00:00Z","ended_utc":"2026-01-0{{day}}T00:01:00Z",
            "result": {"outcome":"done","epochs":2,"test_accuracy":{{accuracy}},"weights_sha256":"{{hash}}"}
            }
            """);
        _folder.Write($"runs/{name}/config.json", $$"""
            {"Training": {"Optimizer": {"Type":"{{optimizer}}"}, "BatchSize":{{batch}} } }
            """);
    }
}
