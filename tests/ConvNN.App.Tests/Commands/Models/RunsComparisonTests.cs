using ConvNN.App.Commands.Models;

namespace ConvNN.App.Tests.Commands.Models;

public sealed class RunsComparisonTests : IDisposable
{
    private const string Dense = """{ "Type": "flatten" }, { "Type": "dense", "Units": 10, "Activation": "softmax" }""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Lines_OtherKindsOfLayers_AreALineForEachRunBelowTheResults()
    {
        Run("runs/a", """{ "Type": "conv2d", "Filters": 8, "Kernel": 3 }, { "Type": "maxpool2d", "Window": 2 },""", accuracy: 0.98);
        Run("runs/b", "", accuracy: 0.9);
        string[] folders = [_folder["runs/a"], _folder["runs/b"]];
        RunsComparison runs = new(folders);

        string[] lines = [.. runs.Lines()];

        Assert.Matches(@"^test accuracy +98\.00 % +90\.00 %$", lines[1]);
        Assert.DoesNotContain(lines, line => line.Contains("Model:Layers", StringComparison.Ordinal));
        Assert.Equal(
            [
                $"network {folders[0]}: conv2d 8 of 3×3 → maxpool2d 2×2 → flatten → dense 10, softmax",
                $"network {folders[1]}: flatten → dense 10, softmax",
            ],
            lines[^2..]);
        Assert.All(runs.Lines(79), line => Assert.InRange(line.Length, 0, 79));
        string page = new RunsPage("runs", runs).Html();
        Assert.Matches(@"(?s)<h2>Results</h2>.*>accuracy</button></th>.* data-value=""0\.98"">98\.00.{1,6}%</td>.*<h2>Training</h2>.*<h2>What differs</h2>.*>network</th><td>conv2d 8 of 3.{1,6}3 → maxpool2d ", page);
        Assert.DoesNotContain("Model:Layers", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_SameKindsOfLayers_AreComparedKeyByKey()
    {
        Run("runs/a", """{ "Type": "dense", "Units": 8 },""", accuracy: 0.98);
        Run("runs/b", """{ "Type": "dense", "Units": 9 },""", accuracy: 0.98);

        string[] lines = [.. new RunsComparison([_folder["runs/a"], _folder["runs/b"]]).Lines()];

        Assert.Contains(lines, line => line.StartsWith("Model:Layers:0:Units", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.StartsWith("network", StringComparison.Ordinal));
    }

    [Fact]
    public void Lines_TrialsOfASweep_TellNoTestAccuracy()
    {
        foreach (string name in new[] { "aaaa", "bbbb" })
        {
            Run($"sweeps/trials/{name}", "", accuracy: 0.5, validation: 0.91);
            _folder.Write($"sweeps/trials/{name}.json", "{}");
        }

        RunsComparison runs = new([_folder["sweeps/trials/aaaa"], _folder["sweeps/trials/bbbb"]]);
        string[] lines = [.. runs.Lines()];

        Assert.Matches(@"^validation accuracy +91\.00 % +91\.00 %$", lines[1]);
        Assert.Matches(@"^epoch 1: validation accuracy +91\.00 % +91\.00 %$", lines[^2]);
        Assert.DoesNotContain(lines, line => line.Contains("50.00", StringComparison.Ordinal));
        Assert.StartsWith("note    Trials of a sweep are compared by validation accuracy; ", lines[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("Test accuracy", new RunsPage("trials", runs).Html(), StringComparison.Ordinal);
    }

    private void Run(string folder, string layers, double accuracy, double? validation = null)
    {
        string hash = new('a', 64);
        Directory.CreateDirectory(_folder[folder]);
        _folder.Write($"{folder}/run.json", $$"""
            {"version":"0.1.0","commit":null,"runtime":".NET","operating_system":"Linux","architecture":"x64","cores":2,"kernels":"vector512","vector_bits":512,"workers":2,"seed":1,"process_id":1,
            "dataset": {"name":"sample","source":"x","is_as_published":true,"train":10,"test":10,"sha256":{} },
            "started_utc":"2026-01-01T00:00:00Z","ended_utc":"2026-01-01T00:01:00Z",
            "result": {"outcome":"done","epochs":1,"test_accuracy":{{accuracy}},"weights_sha256":"{{hash}}"}
            }
            """);
        _folder.Write($"{folder}/config.json", $$"""{ "Model": { "Layers": [{{layers}} {{Dense}}] } }""");
        _folder.Write($"{folder}/history.csv", $"epoch,test_loss,test_accuracy,validation_accuracy,weights_sha256\n1,2.5,{accuracy},{validation},{hash}\n");
    }
}
