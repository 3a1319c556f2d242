using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConvNN.Formats;
using ConvNN.Formats.SafeTensors;
using ConvNN.Model;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Training.Checkpoints;
using ConvNN.Training.Pipeline.Clocks;
using ConvNN.Training.Progress;

namespace ConvNN.Training.Tests.Checkpoints;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly CheckpointRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Save_State_IsLoadedBitForBit()
    {
        TrainingProgress progress = CheckpointRig.At(14, 0.5, 0.7);
        CheckpointName name = _rig.Save(progress, _rig.State(1));

        (Checkpoint? found, TrainingState state, List<string> skipped) = _rig.Load();

        Assert.Equal("step-00000014", name.ToString());
        CheckpointRig.Equal(_rig.State(1), state);
        CheckpointManifest manifest = found!.Manifest;
        Assert.Equal((progress.Step, progress.Current), (manifest.Progress.Step, manifest.Progress.Current));
        Assert.Equal(progress.Epochs.Select(epoch => (epoch.Epoch, epoch.Training.LossSum, epoch.Training.Elapsed, epoch.Training.Loads[0], epoch.Test.Accuracy)),
            manifest.Progress.Epochs.Select(epoch => (epoch.Epoch, epoch.Training.LossSum, epoch.Training.Elapsed, epoch.Training.Loads[0], epoch.Test.Accuracy)));
        Assert.Null(manifest.Run.FirstDifference(CheckpointRig.Run, []));
        Assert.Equal(_rig.Network.Layout.Hash(state.Weights.Span), manifest.WeightsSha256);
        Assert.Contains("conv1.weight [4, 1, 3, 3]", manifest.Files["model.safetensors"].Tensors);
        Assert.Empty(skipped);
    }

    [Fact]
    public void Save_ManyEpochs_HasAShortLineForEach()
    {
        long few = ManifestBytes(10);
        long many = ManifestBytes(310);

        Assert.InRange((many - few) / 300, 100, 1100);

        long ManifestBytes(int epochs)
        {
            // As of a run: four stages, in training and in both evaluations.
            TrainingProgress progress = CheckpointRig.At(14 * epochs, [.. Enumerable.Repeat(0.5, epochs)]);
            PassResult pass = progress.Epochs[0].Training with { Loads = [.. Enumerable.Repeat(new StageLoad("workers", 0.1 + 0.2) { Items = 3, QueueCapacity = 4 }, 4)] };
            CheckpointName name = _rig.Save(progress with { Epochs = [.. progress.Epochs.Select(epoch => epoch with { Training = pass, Test = pass, Validation = pass })] }, _rig.State(1));
            return new FileInfo(Path.Combine(_rig.Folder, name.ToString(), CheckpointManifest.Name)).Length;
        }
    }

    /// <summary>The form of earlier versions, with a line for each value.</summary>
    [Fact]
    public void Newest_IndentedManifest_IsRead()
    {
        CheckpointName name = _rig.Save(CheckpointRig.At(14, 0.5, 0.7), _rig.State(1));
        string path = Path.Combine(_rig.Folder, name.ToString(), CheckpointManifest.Name);
        JsonNode content = JsonNode.Parse(File.ReadAllText(path))!["content"]!;
        string indented = content.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(indented)));
        File.WriteAllText(path, $$"""{"convnn_checkpoint": 1, "sha256": "{{hash}}", "content": {{indented}}}""");

        Assert.Equal((14, 2), (_rig.Load().Checkpoint!.Manifest.Progress.Step, _rig.Load().Checkpoint!.Manifest.Progress.Epochs.Count));
    }

    [Fact]
    public void Save_ModelThatIsNotTheWeights_IsKeptBesideThem()
    {
        TrainingState weights = _rig.State(1);
        TrainingState both = new(weights.Weights, weights.Optimizer, _rig.State(2).Weights);
        _rig.Save(CheckpointRig.At(1), both);
        Checkpoint checkpoint = CheckpointStore.Newest(_rig.Folder, _ => { })!;

        TrainingState found = both.NewLike();
        checkpoint.ReadInto(_rig.Network, found);

        CheckpointRig.Equal(weights, found);
        Assert.Equal(_rig.State(2).Weights.Span, found.Model!.Span);
        Assert.Equal(_rig.State(2).Weights.Span, ModelFile.Load(checkpoint.ModelPath).Weights.Span);
        Assert.Throws<CheckpointException>(() => checkpoint.ReadInto(_rig.Network, weights.NewLike()));
    }

    [Fact]
    public void Save_ModelInIt_IsAModelFile()
    {
        _rig.Save(CheckpointRig.At(1), _rig.State(1));

        ModelFile model = ModelFile.Load(_rig.Load().Checkpoint!.ModelPath);

        Assert.Equal("bands", model.Dataset);
    }

    [Fact]
    public void Save_NotFinite_IsRefusedAndLeavesTheOneBefore()
    {
        _rig.Save(CheckpointRig.At(1), _rig.State(1));
        TrainingState bad = _rig.State(2);
        bad.Weights.Span[3] = float.NaN;

        Assert.Throws<ModelFileException>(() => _rig.Save(CheckpointRig.At(2), bad));

        Assert.Equal(["step-00000001"], _rig.Folders());
    }

    [Fact]
    public void Newest_DamagedOnes_WalksBackAndSaysWhy()
    {
        _rig.Save(CheckpointRig.At(6, 0.5), _rig.State(1));
        _rig.Save(CheckpointRig.At(7, 0.5), _rig.State(2));
        _rig.Save(CheckpointRig.At(8, 0.5), _rig.State(3));
        byte[] weights = File.ReadAllBytes(Path.Combine(_rig.Folder, "step-00000007", "model.safetensors"));
        weights[^3] ^= 1;
        File.WriteAllBytes(Path.Combine(_rig.Folder, "step-00000007", "model.safetensors"), weights);
        File.Delete(Path.Combine(_rig.Folder, "step-00000008", "optimizer.first.safetensors"));

        (Checkpoint? found, TrainingState state, List<string> skipped) = _rig.Load();

        Assert.EndsWith("step-00000006-epoch-1", found!.Folder, StringComparison.Ordinal);
        CheckpointRig.Equal(_rig.State(1), state);
        Assert.Equal(2, skipped.Count);
        Assert.Contains("optimizer.first.safetensors: cannot be read", skipped[0], StringComparison.Ordinal);
        Assert.Contains("the checkpoint is damaged; use another.", skipped[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Newest_FilesOfTwoCheckpointsSwapped_AreNotTaken()
    {
        _rig.Save(CheckpointRig.At(1), _rig.State(1));
        _rig.Save(CheckpointRig.At(2), _rig.State(2));
        string model = Path.Combine(_rig.Folder, "step-00000002", "model.safetensors");
        File.Copy(Path.Combine(_rig.Folder, "step-00000001", "model.safetensors"), model, overwrite: true);

        Assert.EndsWith("step-00000001", _rig.Load().Checkpoint!.Folder, StringComparison.Ordinal);
    }

    [Fact]
    public void Newest_MetadataAlone_IsPassedOver()
    {
        _rig.Save(CheckpointRig.At(1), _rig.State(1));
        _rig.Save(CheckpointRig.At(2), state: null);

        (Checkpoint? found, _, List<string> skipped) = _rig.Load();

        Assert.EndsWith("step-00000001", found!.Folder, StringComparison.Ordinal);
        Assert.EndsWith("step-00000002: contains only metadata.", Assert.Single(skipped), StringComparison.Ordinal);
    }

    [Fact]
    public void Newest_AfterARunWentOnFromAnOlderOne_IsTheLatestWritten()
    {
        _rig.Save(CheckpointRig.At(3), _rig.State(3));
        _rig.Save(CheckpointRig.At(2), _rig.State(2));

        Assert.EndsWith("step-00000002", _rig.Load().Checkpoint!.Folder, StringComparison.Ordinal);
    }

    [Fact]
    public void Save_NameThatIsThere_IsReplacedUnlessItIsAsGood()
    {
        _rig.Save(CheckpointRig.At(1), _rig.State(1));
        DateTime written = Directory.GetCreationTimeUtc(Path.Combine(_rig.Folder, "step-00000001", "manifest.json"));
        _rig.Save(CheckpointRig.At(1), _rig.State(1));
        Assert.Equal(written, Directory.GetCreationTimeUtc(Path.Combine(_rig.Folder, "step-00000001", "manifest.json")));

        File.WriteAllText(Path.Combine(_rig.Folder, "step-00000001", "model.safetensors"), "damaged");
        _rig.Save(CheckpointRig.At(1), _rig.State(2));

        CheckpointRig.Equal(_rig.State(2), _rig.Load().State);
        Assert.Equal(["step-00000001"], _rig.Folders());
    }

    [Fact]
    public void Prune_KeepsTheNewestTheBestAndWhatLiesAhead()
    {
        int[] steps = [5, 6, 7, 8, 9, 20];
        foreach (int step in steps)
        {
            _rig.Save(step == 6 ? CheckpointRig.At(6, 0.5) : CheckpointRig.At(step), _rig.State(step));
        }

        using CheckpointStore store = CheckpointStore.Open(_rig.Folder);
        store.Prune(new CheckpointName(9, null), keep: 2, best: 1);

        Assert.Equal(["step-00000006-epoch-1", "step-00000008", "step-00000009", "step-00000020"], _rig.Folders());
    }

    [Fact]
    public void Open_WhileAnotherHasIt_IsRefused()
    {
        using CheckpointStore store = CheckpointStore.Open(_rig.Folder);

        CheckpointWriteException refused = Assert.Throws<CheckpointWriteException>(() => CheckpointStore.Open(_rig.Folder));

        Assert.Contains("another run is writing to it", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadInto_AnotherNetworkOrOptimizer_NamesTheFirstDifference()
    {
        _rig.Save(CheckpointRig.At(1), _rig.State(1));
        Checkpoint checkpoint = _rig.Load().Checkpoint!;
        Network other = new NetworkBuilder(Shape.Image(1, 9, 9)).Conv2d(filters: 5, kernel: 3, activation: Activation.Relu).Flatten().Dense(3, Activation.Softmax).Build();
        TrainingState without = new(_rig.Network.Layout.Initialize(1), new Dictionary<string, Kernels.Vectors.AlignedBuffer>());

        string network = Assert.Throws<ModelFileException>(() => checkpoint.ReadInto(other, _rig.State(1))).Message;
        string optimizer = Assert.Throws<CheckpointException>(() => checkpoint.ReadInto(_rig.Network, without)).Message;

        Assert.EndsWith("has tensor 'conv1.bias' as F32 [4], but the network has it as F32 [5]; this file belongs to another network.", network, StringComparison.Ordinal);
        Assert.EndsWith(
            "optimizer.first.safetensors: the checkpoint has a file that this optimizer does not use; it is from a run with different Training options.", optimizer, StringComparison.Ordinal);
    }

    [Fact]
    public void FirstDifference_IsNamedUnlessItIsAllowed()
    {
        RunIdentity other = CheckpointRig.Run with
        {
            Configuration = new Dictionary<string, string>(CheckpointRig.Run.Configuration) { ["Training:LearningRate"] = "0.2", ["Training:Seed"] = "2" },
        };

        Assert.Equal(new RunIdentity.Difference("Training:LearningRate", "0.1", "0.2"), CheckpointRig.Run.FirstDifference(other, []));
        Assert.Equal("Training:Seed", CheckpointRig.Run.FirstDifference(other, ["training:learningrate", "Training:See"])!.Key);
        Assert.Null(CheckpointRig.Run.FirstDifference(other, ["Training"]));
    }
}
