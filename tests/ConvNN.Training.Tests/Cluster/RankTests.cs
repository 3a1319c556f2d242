using ConvNN.Data;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Networks;
using ConvNN.Tests.Cluster;
using ConvNN.Training.Checkpoints;
using ConvNN.Training.Cluster;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline.Supervision;
using ConvNN.Training.Pipeline.Tuning;

namespace ConvNN.Training.Tests.Cluster;

/// <summary>The first promise for several processes: the weights do not depend on how many share a batch, nor on when their messages arrive.</summary>
public class RankTests
{
    private static readonly DatasetPair Data = TestData.Pair(90, test: 30);

    private static readonly RunIdentity Run = new(new Dictionary<string, string>(), new Dictionary<string, string>());

    private static CancellationToken Hang => TestContext.Current.CancellationToken;

    public static TheoryData<int> Draws { get; } = [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Draws))]
    public async Task Train_DrawnFromTheCatalogue_GivesTheSameBitsForAnyRanks(int seed)
    {
        CatalogueDraw draw = new(seed);
        TrainingResult expected = await Trainer(draw, new PipelineOptions { Workers = 1 }).RunAsync(cancellationToken: Hang);

        foreach ((int ranks, int workers) in new[] { (2, 1), (3, 2), (1 + (seed % 11), 1 + (seed % 3)) })
        {
            ThreadJob job = new(ranks, delays: seed);
            bool whole = seed % 4 == 0;
            TrainingResult[] actual = job.Run(rank => Trainer(draw, Options(rank, workers, whole)).RunAsync(cancellationToken: Hang).GetAwaiter().GetResult());

            Assert.All(actual, result => Assert.True(
                Hashes(expected) == Hashes(result), $"{ranks} ranks of {workers} workers gave other weights than one. Seed {seed}: {draw}"));
            Assert.All(actual, result => Assert.Equal(Figures(expected), Figures(result)));
        }
    }

    /// <summary>Workers of different speed and number, as on machines that differ, and ranks that get no sample of the last batches.</summary>
    [Fact]
    public async Task Train_RanksThatDiffer_GiveTheSameBits()
    {
        TrainingOptions training = new() { Epochs = 2, BatchSize = 12, Seed = 3 };
        TrainingResult expected = await new Trainer(TestData.Network(), TestData.Pair(61), training, new PipelineOptions { Workers = 1 }).RunAsync(cancellationToken: Hang);

        TrainingResult[] actual = new ThreadJob(5).Run(rank => new Trainer(
                TestData.Network(),
                TestData.Pair(61),
                training,
                Options(rank, workers: 1 + rank.Rank) with { Kernels = rank.Rank == 1 ? KernelTier.Reference : rank.Rank == 2 ? KernelTier.Vector128 : null })
            .RunAsync(cancellationToken: Hang).GetAwaiter().GetResult());

        Assert.All(actual, result => Assert.Equal(Hashes(expected), Hashes(result)));
    }

    /// <summary>Of two ranks each sends half of its sums and half of the means: one gradient a step, beside the state at the beginning.</summary>
    [Fact]
    public void Train_TwoRanks_SendTheGradientOnce()
    {
        Network network = TestData.Network();
        ThreadJob job = new(2);
        TrainingResult[] results = job.Run(rank => new Trainer(
            network, TestData.Pair(80, test: 10), new TrainingOptions { Epochs = 1, BatchSize = 8 }, Options(rank, 1, whole: true)).RunAsync(cancellationToken: Hang).GetAwaiter().GetResult());

        long steps = results[0].Epochs.Count * 10, gradient = network.Layout.TrainedLength * sizeof(float);
        Assert.All(job.Ranks, rank => Assert.InRange(rank.BytesSent, steps * gradient, (steps + 1) * (gradient + 300)));
    }

    /// <summary>With owners of features, what travels in a step grows with the samples and not with the weights.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Train_RanksOwnFeatures_SendSumsInsteadOfWeights(int workers)
    {
        DatasetPair data = TestData.Pair(64);
        Network network = DefaultNetwork.For(data);
        foreach (string optimizer in new[] { "sgd", "adam" })
        {
            TrainingOptions training = new() { Epochs = 2, BatchSize = 8, Optimizer = optimizer, LearningRate = 0.01 };
            TrainingResult expected = await new Trainer(network, data, training, new PipelineOptions { Workers = 1 }).RunAsync(cancellationToken: Hang);
            foreach (int ranks in new[] { 2, 3, 4 })
            {
                ThreadJob job = new(ranks, delays: ranks);
                TrainingResult[] actual = job.Run(rank => new Trainer(network, data, training, Options(rank, workers)).RunAsync(cancellationToken: Hang).GetAwaiter().GetResult());

                Assert.All(actual, result => Assert.Equal(Hashes(expected), Hashes(result)));
                long weights = network.Layout.Length * sizeof(float), state = (optimizer == "adam" ? 3 : 1) * weights, step = 20_000L * (ranks - 1);
                Assert.All(job.Ranks.Skip(1), rank => Assert.InRange(rank.BytesSent, 16 * 1_000, (16 * step) + (2 * state)));
            }
        }
    }

    /// <summary>Every rank measures for itself which number of threads is fastest, and changes it whenever it likes.</summary>
    [Theory]
    [InlineData("sgd")]
    [InlineData("adam")]
    public async Task Train_RanksChangeTheirThreads_GiveTheSameBits(string optimizer)
    {
        TrainingOptions training = new() { Epochs = 2, BatchSize = 8, Optimizer = optimizer, LearningRate = 0.01, AverageDecay = 0.9 };
        Network network = DefaultNetwork.For(Data);
        TrainingResult expected = await new Trainer(network, Data, training, new PipelineOptions { Workers = 1 }).RunAsync(cancellationToken: Hang);

        TrainingResult[] actual = new ThreadJob(3, delays: 7).Run(rank => new Trainer(network, Data, training, new PipelineOptions { Workers = 2, Ranks = new RankGroup(rank) })
        {
            Threads = (_, _) => new RandomChoice([1, 2, 3, 5, 8], seed: (ulong)rank.Rank),
        }.RunAsync(cancellationToken: Hang).GetAwaiter().GetResult());

        Assert.All(actual, result => Assert.Equal(Hashes(expected), Hashes(result)));
    }

    /// <summary>Every rank sees the same validation figures, and so all end after the same epoch, with the model of the same one.</summary>
    [Fact]
    public async Task Train_NoEpochIsBetter_AllRanksEndEarlyWithTheSameModel()
    {
        TrainingOptions training = new() { Epochs = 40, BatchSize = 16, LearningRate = 0.5, Patience = 2 };
        Trainer alone = new(TestData.Network(), CatalogueTests.Data, training, new PipelineOptions { Workers = 1 });
        TrainingResult expected = await alone.RunAsync(cancellationToken: Hang);

        (TrainingResult Result, float[] Model)[] actual = new ThreadJob(3, delays: 2).Run(rank =>
        {
            Trainer trainer = new(TestData.Network(), CatalogueTests.Data, training, Options(rank, 1));
            return (trainer.RunAsync(cancellationToken: Hang).GetAwaiter().GetResult(), trainer.Model.Span.ToArray());
        });

        Assert.True(expected.IsEarly);
        Assert.All(actual, rank => Assert.Equal((true, Hashes(expected)), (rank.Result.IsEarly, Hashes(rank.Result))));
        Assert.All(actual, rank => Assert.Equal(alone.Model.Span.ToArray(), rank.Model));
    }

    [Fact]
    public void Train_OneRankIsAskedToStop_AllStopAfterTheSameStep()
    {
        ThreadJob job = new(3, delays: 5);
        using CancellationTokenSource stop = new();
        TrainingResult[] results = job.Run(rank =>
        {
            Trainer trainer = new(TestData.Network(), TestData.Pair(90), new TrainingOptions { Epochs = 50, BatchSize = 9 }, Options(rank, 1));
            return trainer.RunAsync(
                epoch =>
                {
                    if (rank.Rank == 2 && epoch.Epoch == 2)
                    {
                        stop.Cancel();
                    }

                    return Task.CompletedTask;
                },
                rank.Rank == 2 ? stop.Token : Hang).GetAwaiter().GetResult();
        });

        Assert.All(results, result => Assert.True(result.IsStopped));
        Assert.Single(results.Select(result => (result.WeightsSha256, result.Epochs.Count)).Distinct());
    }

    /// <summary>Whichever call a rank fails in, the others end with a line, and a rank that has checkpoints keeps the last step.</summary>
    [Fact]
    public async Task Train_ARankIsLost_KeepsTheLastStepAndGoesOnWithOtherRanks()
    {
        TrainingOptions training = new() { Epochs = 3, BatchSize = 9, Optimizer = "adam", LearningRate = 0.01, AverageDecay = 0.9 };
        TrainingResult expected = await new Trainer(TestData.Network(), Data, training, new PipelineOptions { Workers = 1 }).RunAsync(cancellationToken: Hang);
        for (int call = 1; call < 60; call += 7)
        {
            string folder = Directory.CreateTempSubdirectory("convnn-").FullName;
            ThreadJob job = new(3);
            job.Ranks[1].FailsAt = call;
            ClusterException[] faults = job.Run(rank =>
            {
                using CheckpointStore? store = rank.Rank == 0 ? CheckpointStore.Open(folder) : null;
                Trainer trainer = new(TestData.Network(), Data, training, Options(rank, 1)) { Checkpoints = Checkpointer(store) };
                return Assert.Throws<ClusterException>(() => trainer.RunAsync(cancellationToken: Hang).GetAwaiter().GetResult());
            });
            Assert.Contains("rank 1", faults[0].Message, StringComparison.Ordinal);

            TrainingResult[] resumed = new ThreadJob(2).Run(rank =>
            {
                Trainer trainer = new(TestData.Network(), Data, training, Options(rank, 2));
                if (rank.Rank == 0 && CheckpointStore.Newest(folder, _ => { }) is { } from)
                {
                    trainer.Resume(from);
                }

                return trainer.RunAsync(cancellationToken: Hang).GetAwaiter().GetResult();
            });
            Directory.Delete(folder, recursive: true);
            Assert.All(resumed, result => Assert.Equal(expected.WeightsSha256, result.WeightsSha256));
        }
    }

    /// <summary>
    /// Every other epoch ends with a checkpoint. The first is written until the middle of epoch 5, so the one of epoch 4 is owed then. Where
    /// ranks own features, rank 0 has all weights at the end of an epoch only.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Train_WritingACheckpointLasts_SavesTheNextWhereTheStateIsWhole(bool whole)
    {
        TrainingOptions training = new() { Epochs = 6, BatchSize = 9, Optimizer = "adam", LearningRate = 0.01 };
        TrainingResult expected = await new Trainer(TestData.Network(), Data, training, new PipelineOptions { Workers = 1 }).RunAsync(cancellationToken: Hang);
        string folder = Directory.CreateTempSubdirectory("convnn-").FullName;
        ThreadJob job = new(3);
        TaskCompletionSource disk = new();
        long begun = 0;

        // All epochs are as many calls, but for a few in the first.
        job.Ranks[0].OnCall = call =>
        {
            if (begun > 0 && call > begun * 9 / 4)
            {
                disk.TrySetResult();
            }
        };
        job.Run(rank =>
        {
            using CheckpointStore? store = rank.Rank == 0 ? CheckpointStore.Open(folder) : null;
            Trainer trainer = new(TestData.Network(), Data, training, Options(rank, 1, whole))
            {
                Checkpoints = store is null ? null : new Checkpointer(store, new CheckpointOptions { Every = 2, Keep = 100 }, Run, TimeProvider.System)
                {
                    Beside = work =>
                    {
                        work();
                        return Interlocked.CompareExchange(ref begun, job.Ranks[0].Calls, 0) == 0 ? disk.Task.WaitAsync(Hang) : Task.CompletedTask;
                    },
                },
            };
            return trainer.RunAsync(cancellationToken: Hang).GetAwaiter().GetResult();
        });

        Checkpoint[] saved = [.. CheckpointStore.Names(folder).Select(name => Checkpoint.Open(Path.Combine(folder, name.ToString()))).OrderBy(checkpoint => checkpoint.Manifest.Progress.Step)];
        (int, bool)[] places = [(2, false), whole ? (4, true) : (5, false), (6, false)];
        Assert.Equal(places, saved.Select(checkpoint => (checkpoint.Manifest.Progress.Epochs.Count, checkpoint.Manifest.Progress.Current.Steps > 0)));
        foreach (Checkpoint checkpoint in saved)
        {
            Trainer resumed = new(TestData.Network(), Data, training, new PipelineOptions { Workers = 2 });
            resumed.Resume(checkpoint);
            TrainingResult actual = await resumed.RunAsync(cancellationToken: Hang);
            Assert.Equal(Hashes(expected), Hashes(actual));
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Train_Diverges_AllRanksSayTheSame()
    {
        string[] lines = new ThreadJob(3).Run(rank =>
        {
            Trainer trainer = new(TestData.Network(), Data, new TrainingOptions { BatchSize = 9 }, Options(rank, 1));
            trainer.Weights.Span[0] = float.NaN;
            return Assert.Throws<DivergenceException>(() => trainer.RunAsync(cancellationToken: Hang).GetAwaiter().GetResult()).Message;
        });

        Assert.Single(lines.Distinct());
    }

    private static Checkpointer? Checkpointer(CheckpointStore? store) => store is null
        ? null
        : new Checkpointer(store, new CheckpointOptions(), Run, TimeProvider.System);

    private static Trainer Trainer(CatalogueDraw draw, PipelineOptions pipeline) => new(draw.Network, CatalogueTests.Data, draw.Options, pipeline);

    private static PipelineOptions Options(ICommunicator rank, int workers, bool whole = false) =>
        new() { Workers = workers, Threads = workers, Ranks = new RankGroup(rank), NeedsWholeState = whole };

    private static string Hashes(TrainingResult result) => string.Join(' ', result.Epochs.Select(epoch => epoch.WeightsSha256));

    private static IEnumerable<(double, double, int, int)> Figures(TrainingResult result) =>
        result.Epochs.Select(epoch => (epoch.Training.LossSum, epoch.Test.LossSum, epoch.Test.Correct, epoch.Training.Correct));
}
