using ConvNN.Data;
using ConvNN.Files.Tests;
using ConvNN.Training.Checkpoints;
using ConvNN.Training.Optimizers;
using ConvNN.Training.Options;
using ConvNN.Training.Progress;

namespace ConvNN.Training.Tests.Checkpoints;

/// <summary>A run that goes on from a checkpoint gives the bits of one that was never stopped.</summary>
public sealed class ResumeTests : IDisposable
{
    private static readonly RunIdentity Run = new(new Dictionary<string, string>(), new Dictionary<string, string>());

    private readonly string _folder = Directory.CreateTempSubdirectory("convnn-").FullName;

    private static CancellationToken Hang => TestContext.Current.CancellationToken;

    // Recipes that have each kind of state.
    private static readonly Dictionary<string, TrainingOptions> All = OptimizerNames()
        .ToDictionary(name => $"optimizer {name}", name => new TrainingOptions { Optimizer = name, LearningRate = name == "sgd" ? 0.05 : 0.003 })
        .Concat(new Dictionary<string, TrainingOptions>
        {
            ["accumulated over epochs"] = new() { Accumulate = 4, Optimizer = "momentum", LearningRate = 0.02 },
            ["average"] = new() { AverageDecay = 0.9 },
            ["average of accumulated"] = new() { AverageDecay = 0.9, Accumulate = 2, Optimizer = "adam", LearningRate = 0.003, ClipNorm = 1 },
            ["cosine"] = new() { Schedule = "cosine", LearningRate = 0.05 },
            ["plateau"] = new() { Schedule = "plateau", LearningRate = 0.05 },
            ["patience"] = new() { Patience = 1, LearningRate = 0.3 },
        })
        .ToDictionary(recipe => recipe.Key, recipe => recipe.Value with { Epochs = 4, Seed = 3, BatchSize = 10 });

    public static TheoryData<string> Recipes { get; } = [.. All.Keys];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Recipes))]
    public async Task Resume_FromEveryCheckpoint_GivesTheSameBits(string recipe)
    {
        TrainingOptions options = All[recipe];
        DatasetPair data = Data(options);

        // 105 images are 11 steps an epoch, the last of half the size; every third step is kept, and each end of an epoch.
        Trainer whole = NewTrainer(options, data, workers: 2);
        TrainingResult expected;
        using (CheckpointStore store = CheckpointStore.Open(_folder, new FailingFiles()))
        {
            expected = await RunAllSteps(whole, store);
        }

        IReadOnlyList<CheckpointName> names = CheckpointStore.Names(_folder);
        Assert.Contains(names, name => name.Step % 11 is 3 or 6 or 9);
        Assert.Contains(names, name => name.Epoch == expected.Epochs.Count);
        foreach ((int index, CheckpointName name) in names.Index())
        {
            Trainer resumed = NewTrainer(options, data, workers: 1 + (index % 3));
            resumed.Resume(Checkpoint.Open(Path.Combine(_folder, name.ToString())));

            TrainingResult result = await resumed.RunAsync(cancellationToken: Hang);

            Assert.True(whole.Weights.Span.SequenceEqual(resumed.Weights.Span), $"{recipe}, {name}: the weights differ.");
            Assert.True(whole.Model.Span.SequenceEqual(resumed.Model.Span), $"{recipe}, {name}: the model differs.");
            Assert.Equal(expected.WeightsSha256, result.WeightsSha256);
            Assert.Equal(expected.Epochs.Select(Figures), result.Epochs.Select(Figures));
            Assert.Equal((expected.IsStopped, expected.IsEarly), (result.IsStopped, result.IsEarly));
        }
    }

    [Fact]
    public async Task Run_StoppedInAnEpochAgainAndAgain_GivesTheSameBits()
    {
        TrainingOptions options = All["optimizer adam"];
        DatasetPair data = Data(options);
        TrainingResult expected = await NewTrainer(options, data, workers: 1).RunAsync(cancellationToken: Hang);
        TrainingResult? result = null;
        int stops = 0;
        for (int seed = 1; result is null or { IsStopped: true }; seed++)
        {
            Trainer trainer = NewTrainer(options, data, workers: 1 + (seed % 4));
            if (CheckpointStore.Newest(_folder, _ => { }) is { } newest)
            {
                trainer.Resume(newest);
            }

            using CheckpointStore store = CheckpointStore.Open(_folder, new FailingFiles());
            trainer.Checkpoints = new Checkpointer(store, new CheckpointOptions { Strategy = CheckpointStrategy.BestTraining }, Run, TimeProvider.System);
            using CancellationTokenSource stop = new();
            stop.CancelAfter(new Random(seed).Next(1, 8));
            result = await trainer.RunAsync(cancellationToken: stop.Token);
            stops += result.IsStopped ? 1 : 0;
            Assert.True(seed < 1000, "The run makes no progress.");
        }

        Assert.Equal(expected.WeightsSha256, result.WeightsSha256);
        Assert.Equal(expected.Epochs.Select(Figures), result.Epochs.Select(Figures));
        TestContext.Current.TestOutputHelper!.WriteLine($"{stops} stops.");
    }

    [Fact]
    public async Task Resume_WithMoreEpochs_GoesOn()
    {
        TrainingOptions options = All["optimizer sgd"];
        DatasetPair data = Data(options);
        using (CheckpointStore store = CheckpointStore.Open(_folder, new FailingFiles()))
        {
            Trainer first = NewTrainer(options with { Epochs = 2 }, data, workers: 1);
            first.Checkpoints = new Checkpointer(store, new CheckpointOptions(), Run, TimeProvider.System);
            await first.RunAsync(cancellationToken: Hang);
        }

        Trainer resumed = NewTrainer(options, data, workers: 2);
        resumed.Resume(CheckpointStore.Newest(_folder, _ => { })!);
        TrainingResult result = await resumed.RunAsync(cancellationToken: Hang);

        Assert.Equal((await NewTrainer(options, data, workers: 1).RunAsync(cancellationToken: Hang)).WeightsSha256, result.WeightsSha256);
    }

    /// <summary>Speed and time left follow from the steps and the time that they took, of which the run before it was stopped has a part.</summary>
    [Fact]
    public async Task Resume_InAnEpoch_ReportsTheTimeOfAllItsSteps()
    {
        TrainingOptions options = All["optimizer sgd"] with { Epochs = 1, BatchSize = 1 };
        DatasetPair data = TestData.Pair(2000);
        using (CheckpointStore store = CheckpointStore.Open(_folder, new FailingFiles()))
        {
            // From the first one on there are so many steps that some reports come, however fast they are.
            await RunAllSteps(NewTrainer(options, data, workers: 1), store, keep: 1000);
        }

        Checkpoint checkpoint = Checkpoint.Open(Path.Combine(_folder, CheckpointStore.Names(_folder)[^1].ToString()));
        TrainingProgress progress = checkpoint.Manifest.Progress;
        progress = progress with { Current = progress.Current with { Elapsed = TimeSpan.FromHours(1) } };
        Trainer resumed = new(TestData.Network(), data, options, new PipelineOptions { Workers = 1 }) { ProgressInterval = TimeSpan.FromMilliseconds(1) };
        resumed.Resume(checkpoint with { Manifest = checkpoint.Manifest with { Progress = progress } });

        await resumed.RunAsync(cancellationToken: Hang);

        StepProgress[] reports = [.. (await resumed.Events.ReadAllAsync(Hang).ToListAsync(Hang)).OfType<StepProgress>()];
        Assert.NotEmpty(reports);
        Assert.All(reports, report => Assert.InRange(report.Elapsed, TimeSpan.FromHours(1), TimeSpan.FromHours(2)));
    }

    [Fact]
    public async Task Run_CheckpointsThatCannotBeWritten_GoesOnAndSaysSoAtTheEnd()
    {
        TrainingOptions options = All["optimizer sgd"];
        using CheckpointStore store = CheckpointStore.Open(_folder, new FailingFiles(FileFault.DiskFull, failing: 2));
        Trainer trainer = NewTrainer(options, Data(options), workers: 1);
        trainer.Checkpoints = new Checkpointer(store, new CheckpointOptions(), Run, TimeProvider.System);

        CheckpointWriteException refused = await Assert.ThrowsAsync<CheckpointWriteException>(() => trainer.RunAsync(cancellationToken: Hang));

        List<TrainingEvent> events = await trainer.Events.ReadAllAsync(Hang).ToListAsync(Hang);
        Assert.Equal(4, events.OfType<EpochResult>().Count());
        Assert.NotEmpty(events.OfType<CheckpointFailed>());
        Assert.Contains("bytes cannot be written: No space left on device", refused.Message, StringComparison.Ordinal);
        Assert.Matches(@"; [\d,]+ bytes are free\. Earlier checkpoints are unchanged\.$", refused.Message);
        Assert.Empty(Directory.GetDirectories(_folder));
    }

    [Fact]
    public async Task Run_MetadataAlone_KeepsTheHistoryAndNoWeights()
    {
        TrainingOptions options = All["optimizer sgd"];
        using CheckpointStore store = CheckpointStore.Open(_folder, new FailingFiles());
        Trainer trainer = NewTrainer(options, Data(options), workers: 1);
        trainer.Checkpoints = new Checkpointer(store, new CheckpointOptions { KeepsState = false, Keep = 100 }, Run, TimeProvider.System);

        await trainer.RunAsync(cancellationToken: Hang);

        CheckpointName newest = CheckpointStore.Names(_folder)[0];
        Checkpoint checkpoint = Checkpoint.Open(Path.Combine(_folder, newest.ToString()));
        Assert.Equal((4, 0), (checkpoint.Manifest.Progress.Epochs.Count, checkpoint.Manifest.Files.Count));
        Assert.Throws<CheckpointException>(() => NewTrainer(options, Data(options), workers: 1).Resume(checkpoint));
    }

    private static IEnumerable<string> OptimizerNames() => OptimizerRegistry.Types.Types.Select(type => type.Name);

    private static async Task<TrainingResult> RunAllSteps(Trainer trainer, CheckpointStore store, int keep = 100)
    {
        trainer.Checkpoints = new Checkpointer(store, new CheckpointOptions { Strategy = CheckpointStrategy.Steps, Every = 3, Keep = keep }, Run, TimeProvider.System)
        {
            Beside = work =>
            {
                work();
                return Task.CompletedTask;
            },
        };
        return await trainer.RunAsync(cancellationToken: Hang);
    }

    private static (int, double, int, int, double, string) Figures(EpochResult epoch) =>
        (epoch.Epoch, epoch.Training.LossSum, epoch.Training.Correct, epoch.Test.Correct, epoch.LearningRate, epoch.WeightsSha256);

    private static DatasetPair Data(TrainingOptions options)
    {
        DatasetPair data = TestData.Pair(105);
        return options.Patience is not null || options.Schedule.NeedsValidation ? data with { Validation = TestData.Images(30, "validation", seed: 3) } : data;
    }

    /// <summary>Several threads divide the network by features, and keep weights in memory of their own between two steps.</summary>
    private static Trainer NewTrainer(TrainingOptions options, DatasetPair data, int workers) =>
        new(TestData.Network(), data, options, new PipelineOptions { Workers = workers, Threads = workers });
}
