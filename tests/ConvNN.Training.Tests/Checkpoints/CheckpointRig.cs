using ConvNN.Files.Tests;
using ConvNN.Formats;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Networks;
using ConvNN.Training.Checkpoints;
using ConvNN.Training.Pipeline.Clocks;
using ConvNN.Training.Progress;

namespace ConvNN.Training.Tests.Checkpoints;

/// <summary>An empty folder for checkpoints of a small network with an optimizer that remembers two buffers.</summary>
internal sealed class CheckpointRig : IDisposable
{
    public static readonly RunIdentity Run = new(
        new Dictionary<string, string> { ["Training:Seed"] = "1", ["Training:LearningRate"] = "0.1", ["Model:Layers:0:Type"] = "conv2d" },
        new Dictionary<string, string> { ["train-images"] = "abc", ["train-count"] = "60" });

    public Network Network { get; } = TestData.Network();

    public string Folder { get; } = Directory.CreateTempSubdirectory("convnn-").FullName;

    /// <summary>A state of which every value differs from every other state's.</summary>
    public TrainingState State(int seed)
    {
        int trained = Network.Layout.TrainedLength;
        TrainingState state = new(
            Network.Layout.Initialize((ulong)seed),
            new Dictionary<string, AlignedBuffer> { ["first"] = Padded(seed + 1000), ["second"] = Padded(seed + 2000) });
        Assert.Equal(trained, state.Optimizer["first"].Length);
        return state;
    }

    public static EpochResult Epoch(int number, double accuracy) => new(
        number,
        "bands",
        0.1,
        new PassResult(60, 40 + number, 12.345678901234567 / number, TimeSpan.FromTicks(12_345_678), [new StageLoad("workers", 0.1 + 0.2) { Items = 3 }], IsComplete: true),
        new PassResult(100, (int)(100 * accuracy), 1.0 / 3, TimeSpan.FromTicks(7), [], IsComplete: true),
        new string('a', 64));

    /// <summary>Where a run of 6 steps an epoch is behind a step.</summary>
    public static TrainingProgress At(int step, params double[] accuracies) => new(
        step,
        [.. accuracies.Select((accuracy, index) => Epoch(index + 1, accuracy))],
        new EpochProgress(step - (6 * accuracies.Length), 10 * (step - (6 * accuracies.Length)), 0, 0.1 * (step % 6), TimeSpan.FromTicks(step % 6)));

    public CheckpointName Save(TrainingProgress progress, TrainingState? state)
    {
        using CheckpointStore store = CheckpointStore.Open(Folder, new FailingFiles());
        return store.Save(Network, new ModelSubject("bands"), Run, progress, state);
    }

    /// <summary>The newest whole checkpoint and its state.</summary>
    public (Checkpoint? Checkpoint, TrainingState State, List<string> Skipped) Load()
    {
        List<string> skipped = [];
        TrainingState state = State(0).NewLike();
        Checkpoint? newest = CheckpointStore.Newest(Folder, skipped.Add);
        newest?.ReadInto(Network, state);
        return (newest, state, skipped);
    }

    public string[] Folders() => [.. Directory.GetDirectories(Folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public static void Equal(TrainingState expected, TrainingState found)
    {
        Assert.True(expected.Weights.Span.SequenceEqual(found.Weights.Span), "The weights differ.");
        foreach ((string name, AlignedBuffer buffer) in expected.Optimizer)
        {
            Assert.True(buffer.Span.SequenceEqual(found.Optimizer[name].Span), $"The optimizer's {name} differs.");
        }
    }

    /// <summary>Values for the trained part, zero between rows as the weights are.</summary>
    private AlignedBuffer Padded(int seed)
    {
        AlignedBuffer buffer = new(Network.Layout.TrainedLength);
        Network.Layout.Initialize((ulong)seed).Span[..buffer.Length].CopyTo(buffer.Span);
        return buffer;
    }
}
