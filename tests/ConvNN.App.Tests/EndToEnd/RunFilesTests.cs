using System.Text.Json.Nodes;
using ConvNN.Formats;
using ConvNN.Training.Checkpoints;

namespace ConvNN.App.Tests.EndToEnd;

[Collection(ProgramCollection.Name)]
public class RunFilesTests
{
    [Fact]
    public async Task Train_ToTheEnd_LeavesModelConfigurationAndRecordThatAgree()
    {
        using TemporaryFolder folder = new();
        await ProgramRun.RunAsync(folder, ["--limit", "100", "--epochs", "2", "-w", "2", "--seed", "18446744073709551615", "-o", "a/b/run"]);

        JsonNode record = Record(folder["a/b/run"]);
        JsonNode result = record["result"]!;
        Assert.Equal(["config.json", "history.csv", "log.txt", "model.safetensors", "run.json"], Names(folder["a/b/run"]));
        Assert.Equal(("done", 0, 2), ((string)result["outcome"]!, (int)result["exit_code"]!, (int)result["epochs"]!));
        Assert.Equal(ModelFile.Load(folder["a/b/run/model.safetensors"]).WeightsSha256, (string)result["weights_sha256"]!);
        Assert.EndsWith("," + (string)result["weights_sha256"]! + ",,,1", File.ReadAllLines(folder["a/b/run/history.csv"])[^1], StringComparison.Ordinal);
        Assert.Equal((2, 18446744073709551615, "sample"), ((int)record["workers"]!, (ulong)record["seed"]!, (string)record["dataset"]!["name"]!));
        Assert.Equal(4, record["dataset"]!["sha256"]!.AsObject().Count);
        Assert.True((DateTime)record["ended_utc"]! >= (DateTime)record["started_utc"]!);
    }

    [Fact]
    public async Task Train_WithValidation_KeepsTheBestEpochAndIsVerified()
    {
        using TemporaryFolder folder = new();
        string[] recipe = ["--set", "Data:Validation=60", "--set", "Training:Patience=2", "--set", "Training:Optimizer=adam", "--lr", "0.002", "--set", "Training:AverageDecay=0.9"];
        (int exitCode, string output, _) = await ProgramRun.RunAsync(folder, ["--limit", "300", "-b", "30", "--epochs", "30", "-w", "2", "-o", "run", .. recipe]);
        (int verified, string equal, string error) = await ProgramRun.RunAsync(folder, ["verify", "run", "-w", "3"]);

        JsonNode result = Record(folder["run"])["result"]!;
        string[] history = File.ReadAllLines(folder["run/history.csv"]);
        int best = (int)result["best_epoch"]!;
        Assert.Equal(0, exitCode);
        Assert.Contains(" train_images=240 available_images=4000 validation_images=60 ", output, StringComparison.Ordinal);
        Assert.Contains($" early epoch={best + 2} epochs=30 best_epoch={best}", output, StringComparison.Ordinal);
        Assert.Equal(history.Length - 1, best + 2);
        Assert.EndsWith(",1", history[best], StringComparison.Ordinal);
        Assert.All(history[^2..], line => Assert.EndsWith(",0", line, StringComparison.Ordinal));
        Assert.Contains((string)result["weights_sha256"]!, history[best], StringComparison.Ordinal);
        Assert.Equal(ModelFile.Load(folder["run/model.safetensors"]).WeightsSha256, (string)result["weights_sha256"]!);
        Assert.True(verified == 0, error);
        Assert.Contains(" reproduced folder=", equal, StringComparison.Ordinal);

        (_, string inspected, _) = await ProgramRun.RunAsync(folder, ["inspect", "run"]);
        (int reported, _, string fault) = await ProgramRun.RunAsync(folder, ["report", "run"]);
        string page = File.ReadAllText(folder["run/report.html"]);
        Assert.True(reported == 0, fault);
        Assert.Contains(": 240 train, 60 validation, ", inspected, StringComparison.Ordinal);
        Assert.Matches($@"(?m)^ *{best} .* the model\r?$", inspected);
        Assert.Contains($"The weights are those of epoch {best} of {best + 2}, the best on 60 validation images.", page, StringComparison.Ordinal);
        Assert.Equal(3 + 3 + 1, page.Split("{\"name\":").Length - 1);
        Assert.Contains("<td>adam (Beta1 0.9, Beta2 0.999, Epsilon 1E-08)</td>", page, StringComparison.Ordinal);
        Assert.Contains("<tr><th>further</th><td>moving average 0.9, patience 2</td></tr>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_ConfigurationOfARun_GivesItsWeightsInAnotherFolder()
    {
        using TemporaryFolder folder = new();

        // What auto has led to stands in the file, so that it can not lead elsewhere later.
        await ProgramRun.RunAsync(folder, ["--data", "auto", "--limit", "100", "--epochs", "1", "-o", "first"]);
        (int exitCode, _, string error) = await ProgramRun.RunAsync(folder, ["--config", "first/config.json"], ("CONVNN_Data__Dataset", "sample"));

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Equal("sample", (string)JsonNode.Parse(File.ReadAllText(folder["first/config.json"]))!["Data"]!["Dataset"]!);
        string second = Assert.Single(Directory.GetDirectories(folder["runs"]));
        Assert.Equal((string)Record(folder["first"])["result"]!["weights_sha256"]!, (string)Record(second)["result"]!["weights_sha256"]!);
        Assert.Equal(File.ReadAllBytes(folder["first/model.safetensors"]), File.ReadAllBytes(Path.Combine(second, "model.safetensors")));
    }

    [Fact]
    public async Task Train_Diverges_LeavesFiniteWeightsAndSaysWhere()
    {
        using TemporaryFolder folder = new();

        (int exitCode, _, string error) = await ProgramRun.RunAsync(folder, ["--learning-rate", "1e6", "-o", "run"]);

        JsonNode result = Record(folder["run"])["result"]!;
        Assert.Equal(6, exitCode);
        Assert.EndsWith($"The last finite weights are in {Path.Combine("run", "model.safetensors")}.", error.Trim(), StringComparison.Ordinal);
        Assert.Equal(("failed", 6, error.Trim()), ((string)result["outcome"]!, (int)result["exit_code"]!, (string)result["fault"]!));
        Assert.Equal(ModelFile.Load(folder["run/model.safetensors"]).WeightsSha256, (string)result["weights_sha256"]!);
    }

    [Fact]
    public async Task Train_DivergesAfterCheckpoints_NamesTheLastGoodOne()
    {
        using TemporaryFolder folder = new();

        // Two good epochs, then a rate that no weights survive.
        await ProgramRun.RunAsync(folder, ["--limit", "100", "--epochs", "2", "-o", "run"]);
        (int exitCode, _, string error) = await ProgramRun.RunAsync(
            folder, ["--resume", "run", "--limit", "100", "--epochs", "9", "--lr", "1e6", "--allow-change", "Training:LearningRate", "--set", "Checkpoints:Strategy=steps", "--set", "Checkpoints:Every=1000"]);

        string checkpoint = Path.Combine("run", "checkpoints", "step-00000020-epoch-2");
        Assert.Equal(6, exitCode);
        Assert.Matches(@"^diverged: Training diverged in epoch \d+, step \d+, at learning rate 1000000: \S.* is not a finite number\.", error);
        Assert.Contains($" The last good checkpoint is {checkpoint}. The last finite weights are in ", error, StringComparison.Ordinal);
        Assert.Equal(20, Checkpoint.Open(folder[checkpoint]).Manifest.Progress.Step);
    }

    [Fact]
    public async Task Train_Stopped_LeavesTheWeightsOfTheLastStep()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        using TemporaryFolder folder = new();
        using ProgramRun run = ProgramRun.Start(folder, ["--limit", "500", "--epochs", "10000", "-o", "run"]);
        await run.ReadToAsync("epoch epoch=1");
        Assert.Equal("running", (string)Record(folder["run"])["result"]!["outcome"]!);

        await run.SignalAsync("INT");
        await run.EndAsync();

        JsonNode result = Record(folder["run"])["result"]!;
        Assert.Equal(("stopped", "SIGINT", 130), ((string)result["outcome"]!, (string)result["stopped_by"]!, (int)result["exit_code"]!));
        Assert.Equal(ModelFile.Load(folder["run/model.safetensors"]).WeightsSha256, (string)result["weights_sha256"]!);
    }

    [Fact]
    public async Task Train_FolderOfARunThatWasKilled_NamesItsProcess()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        using TemporaryFolder folder = new();
        using (ProgramRun run = ProgramRun.Start(folder, ["--limit", "500", "--epochs", "10000", "-o", "run"]))
        {
            await run.ReadToAsync("epoch epoch=1");
            await run.SignalAsync("KILL");
            await run.EndAsync();
        }

        // The model is whole at any instant.
        ModelFile.Load(folder["run/model.safetensors"]);
        int process = (int)Record(folder["run"])["process_id"]!;
        (int exitCode, _, string error) = await ProgramRun.RunAsync(folder, ["-o", "run"]);

        Assert.Equal(4, exitCode);
        Assert.Contains($"already holds a run (history.csv), that of process {process}, which was killed; ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("moved")]
    [InlineData("replaced")]
    [InlineData("deleted")]
    public async Task Train_FolderIsGone_EndsWithALineAndKeepsTheWeights(string fate)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Windows moves no folder that has open files, and others do not tell it by an inode.");
        using TemporaryFolder folder = new();
        using ProgramRun run = ProgramRun.Start(folder, ["--limit", "500", "--epochs", "10000", "-o", "run"]);
        await run.ReadToAsync("epoch epoch=1");
        Directory.Move(folder["run"], folder["elsewhere"]);
        if (fate == "replaced")
        {
            Directory.CreateDirectory(folder["run"]);
        }
        else if (fate == "deleted")
        {
            Directory.Delete(folder["elsewhere"], recursive: true);
        }

        (int exitCode, _, string error) = await run.EndAsync();

        Assert.Equal(4, exitCode);
        Assert.StartsWith("output: run: the run's folder was moved, renamed or deleted after epoch ", error, StringComparison.Ordinal);
        Assert.Contains("its weights are in run-rescued.safetensors; ", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
        ModelFile.Load(folder["run-rescued.safetensors"]);
        Assert.Equal(fate == "replaced", Directory.Exists(folder["run"]));
        Assert.Empty(fate == "replaced" ? Directory.GetFileSystemEntries(folder["run"]) : []);
        if (fate == "moved")
        {
            int epochs = File.ReadAllLines(folder["elsewhere/history.csv"]).Length - 1;
            (int resumed, _, string refused) = await ProgramRun.RunAsync(folder, ["--resume", "elsewhere", "--epochs", $"{epochs + 1}"]);
            Assert.Equal((0, ""), (resumed, refused));
        }
    }

    private static JsonNode Record(string folder) => JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "run.json")))!;

    private static IEnumerable<string?> Names(string folder) => Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal);
}
