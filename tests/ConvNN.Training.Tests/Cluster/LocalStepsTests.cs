using ConvNN.Data;
using ConvNN.Kernels.Vectors;
using ConvNN.Tests.Cluster;
using ConvNN.Training.Checkpoints;
using ConvNN.Training.Cluster;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline.Supervision;

namespace ConvNN.Training.Tests.Cluster;

/// <summary>Local steps: ranks that train by themselves and average now and then. The bits depend on the number of ranks, and on nothing else.</summary>
public class LocalStepsTests
{
    private static readonly DatasetPair Data = TestData.Pair(90, test: 30);

    private static CancellationToken Hang => TestContext.Current.CancellationToken;

    /// <summary>The mean of the ranks' steps from equal weights is the step of the mean gradient; there is no code for this case.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(6)]
    public async Task Train_OneLocalStepOfEqualShares_AgreesWithTheSharedStep(int ranks)
    {
        TrainingOptions training = new() { Epochs = 2, BatchSize = 18, LearningRate = 0.05 };
        Trainer expected = new(TestData.Network(), Data, training, new PipelineOptions { Workers = 1 });
        float[] initial = expected.Weights.Span.ToArray();
        await expected.RunAsync(cancellationToken: Hang);

        Trainer[] actual = new ThreadJob(ranks).Run(rank =>
        {
            Trainer trainer = new(TestData.Network(), Data, training with { Local = Plain(1) }, Options(rank, 1));
            trainer.RunAsync(cancellationToken: Hang).GetAwaiter().GetResult();
            return trainer;
        });

        Assert.True(Distance(initial, expected.Weights.Span) > 1e-2);
        Assert.All(actual, trainer => Assert.InRange(Distance(trainer.Weights.Span, expected.Weights.Span), 0, 1e-6));
    }

    /// <summary>Optimizers with a state, statistics, an average, accumulation; the last batch of 90 has no image for some of four ranks.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(12)]
    [InlineData(23)]
    [InlineData(34)]
    public void Train_SameRanks_GiveTheSameBitsForAnyWorkersAndDelays(int seed)
    {
        CatalogueDraw draw = new(seed);
        TrainingOptions training = draw.Options with { BatchSize = Math.Max(8, draw.Options.BatchSize), Local = new LocalStepOptions { LocalSteps = 3 } };
        string[] expected = Hashes(workers: 1, delays: 0, KernelTier.Reference);
        string[] actual = Hashes(workers: 2, delays: seed, kernels: null);
        Assert.Single(expected.Concat(actual).Distinct());

        string[] Hashes(int workers, int delays, KernelTier? kernels) => new ThreadJob(4, delays).Run(rank => HashesOf(new Trainer(
            draw.Network,
            CatalogueTests.Data,
            training,
            Options(rank, workers) with { Kernels = kernels, Exchange = kernels is null ? null : ExchangeKind.FullGradients }).RunAsync(cancellationToken: Hang).GetAwaiter().GetResult()));
    }

    /// <summary>A share may be empty in the last batch: that rank takes no step, but exchanges as often as the others.</summary>
    [Fact]
    public void Train_LastBatchSmallerThanTheRanks_CountsEverySampleOnce()
    {
        TrainingOptions training = new() { Epochs = 2, BatchSize = 8, Local = new LocalStepOptions { LocalSteps = 2 } };
        DatasetPair data = TestData.Pair(42, test: 10);
        TrainingResult[] results = new ThreadJob(4).Run(rank =>
            new Trainer(TestData.Network(), data, training, Options(rank, 1)).RunAsync(cancellationToken: Hang).GetAwaiter().GetResult());

        Assert.All(results, result => Assert.All(result.Epochs, epoch => Assert.Equal((42, true), (epoch.Training.Samples, epoch.Training.IsComplete))));
        Assert.Single(results.Select(result => (HashesOf(result), result.Epochs[^1].Training.LossSum, result.Epochs[^1].Training.Correct)).Distinct());
    }

    /// <summary>Of two ranks each sends half of the weights and half of the means: the weights once an exchange, of which there are fewer than steps.</summary>
    [Fact]
    public void Train_TwoRanks_SendTheWeightsOnceAnExchange()
    {
        TrainingOptions training = new() { Epochs = 2, BatchSize = 8, Local = new LocalStepOptions { LocalSteps = 4 } };
        ThreadJob job = new(2);
        job.Run(rank => new Trainer(TestData.Network(), TestData.Pair(80, test: 10), training, Options(rank, 1)).RunAsync(cancellationToken: Hang).GetAwaiter().GetResult());

        // After the steps 4, 8 and 10 of each epoch; and the state at the beginning, weights and outer momentum.
        long weights = TestData.Network().Layout.Length * sizeof(float);
        Assert.All(job.Ranks, rank => Assert.InRange(rank.BytesSent, 6 * weights, (8 * weights) + (6 * 200) + 500));
        Assert.All(job.Ranks, rank => Assert.Equal(4 + (6 * 3), rank.Calls));
    }

    [Fact]
    public async Task Train_OneRank_IsTheOnlyMemberOfTheMean()
    {
        TrainingOptions training = new() { Epochs = 2, BatchSize = 9, Local = new LocalStepOptions { LocalSteps = 4 } };
        TrainingResult alone = await new Trainer(TestData.Network(), Data, training, new PipelineOptions { Workers = 1 }).RunAsync(cancellationToken: Hang);
        TrainingResult[] ranks = new ThreadJob(1).Run(rank => new Trainer(TestData.Network(), Data, training, Options(rank, 1)).RunAsync(cancellationToken: Hang).GetAwaiter().GetResult());
        TrainingResult shared = await new Trainer(TestData.Network(), Data, training with { Local = new LocalStepOptions() }, new PipelineOptions { Workers = 1 }).RunAsync(cancellationToken: Hang);

        Assert.Equal(HashesOf(alone), HashesOf(ranks[0]));
        Assert.NotEqual(HashesOf(alone), HashesOf(shared));
    }

    /// <summary>All ranks stop at one exchange; the checkpoint of rank 0 has the outer momentum too, so that the rest of the run is the same.</summary>
    [Fact]
    public void Train_StoppedAndResumed_GivesTheSameBitsAndFigures()
    {
        TrainingOptions training = new()
        {
            Epochs = 4,
            BatchSize = 9,
            Optimizer = "adam",
            LearningRate = 0.01,
            AverageDecay = 0.9,
            Accumulate = 2,
            Local = new LocalStepOptions { LocalSteps = 3 },
        };
        TrainingResult[] expected = new ThreadJob(3).Run(rank => new Trainer(TestData.Network(), Data, training, Options(rank, 1)).RunAsync(cancellationToken: Hang).GetAwaiter().GetResult());

        string folder = Directory.CreateTempSubdirectory("convnn-").FullName;
        TrainingResult[] stopped = new ThreadJob(3, delays: 3).Run(rank =>
        {
            using CancellationTokenSource stop = new();
            using CheckpointStore? store = rank.Rank == 0 ? CheckpointStore.Open(folder) : null;
            Trainer trainer = new(TestData.Network(), Data, training, Options(rank, 1)) { Checkpoints = Checkpointer(store, new CheckpointOptions()) };
            int seen = 0;
            trainer.RecordSteps(1, _ =>
            {
                // Of the second epoch, the fifth step, which is between two exchanges.
                if (++seen == 15 && rank.Rank == 1)
                {
                    stop.Cancel();
                }
            });
            return trainer.RunAsync(cancellationToken: stop.Token).GetAwaiter().GetResult();
        });
        Assert.All(stopped, result => Assert.Equal((true, 1), (result.IsStopped, result.Epochs.Count)));
        Assert.Single(stopped.Select(result => result.WeightsSha256).Distinct());
        Checkpoint from = CheckpointStore.Newest(folder, _ => { })!;
        Assert.Equal(16, from.Manifest.Progress.Step);

        TrainingResult[] resumed = new ThreadJob(3).Run(rank =>
        {
            Trainer trainer = new(TestData.Network(), Data, training, Options(rank, 2));
            if (rank.Rank == 0)
            {
                trainer.Resume(from);
            }

            return trainer.RunAsync(cancellationToken: Hang).GetAwaiter().GetResult();
        });
        Directory.Delete(folder, recursive: true);
        Assert.All(resumed, result => Assert.Equal(HashesOf(expected[0]), HashesOf(result)));
        Assert.All(resumed, result => Assert.Equal(Figures(expected[0]), Figures(result)));
    }

    [Fact]
    public void Train_StopsEarly_AllRanksAfterTheSameEpoch()
    {
        DatasetPair data = TestData.Pair(60, test: 20) with { Validation = TestData.Pair(20, test: 20).Test };
        TrainingOptions training = new() { Epochs = 60, BatchSize = 10, LearningRate = 0.5, Patience = 2, Local = new LocalStepOptions { LocalSteps = 2 } };
        TrainingResult[] results = new ThreadJob(3).Run(rank => new Trainer(TestData.Network(), data, training, Options(rank, 1)).RunAsync(cancellationToken: Hang).GetAwaiter().GetResult());

        Assert.All(results, result => Assert.True(result.IsEarly));
        Assert.Single(results.Select(result => (result.Epochs.Count, result.Best!.Epoch, result.WeightsSha256)).Distinct());
    }

    /// <summary>What a rank has learnt by itself is no state of the run: the newest checkpoint is that of an exchange, and the run goes on from there.</summary>
    [Fact]
    public void Train_ARankIsLost_KeepsTheLastCheckpoint()
    {
        TrainingOptions training = new() { Epochs = 3, BatchSize = 9, Optimizer = "momentum", LearningRate = 0.01, Local = new LocalStepOptions { LocalSteps = 4 } };
        TrainingResult expected = new ThreadJob(3).Run(rank => new Trainer(TestData.Network(), Data, training, Options(rank, 1)).RunAsync(cancellationToken: Hang).GetAwaiter().GetResult())[0];
        for (int call = 4; call < 32; call += 6)
        {
            string folder = Directory.CreateTempSubdirectory("convnn-").FullName;
            ThreadJob job = new(3);
            job.Ranks[1].FailsAt = call;
            job.Run(rank =>
            {
                using CheckpointStore? store = rank.Rank == 0 ? CheckpointStore.Open(folder) : null;
                Trainer trainer = new(TestData.Network(), Data, training, Options(rank, 1))
                {
                    Checkpoints = Checkpointer(store, new CheckpointOptions { Strategy = CheckpointStrategy.Steps, Every = 3 }),
                };
                return Assert.Throws<ClusterException>(() => trainer.RunAsync(cancellationToken: Hang).GetAwaiter().GetResult());
            });

            Checkpoint? from = CheckpointStore.Newest(folder, _ => { });
            Assert.Equal(call > 8, from is not null);
            Assert.True(from is null || from.Manifest.Progress.Step % 10 is 0 or 4 or 8);
            TrainingResult[] resumed = new ThreadJob(3).Run(rank =>
            {
                Trainer trainer = new(TestData.Network(), Data, training, Options(rank, 2));
                if (rank.Rank == 0 && from is not null)
                {
                    trainer.Resume(from);
                }

                return trainer.RunAsync(cancellationToken: Hang).GetAwaiter().GetResult();
            });
            Directory.Delete(folder, recursive: true);
            Assert.All(resumed, result => Assert.Equal(expected.WeightsSha256, result.WeightsSha256));
        }
    }

    [Fact]
    public void Train_OneRankDiverges_AllRanksSayTheSame()
    {
        (string Line, string Weights)[] faults = new ThreadJob(3).Run(rank =>
        {
            Trainer trainer = new(TestData.Network(), Data, new TrainingOptions { BatchSize = 9, Local = new LocalStepOptions { LocalSteps = 4 } }, Options(rank, 1));
            trainer.RecordSteps(1, step =>
            {
                // After its sixth step, of which the others know nothing.
                if (rank.Rank == 2 && step.Step == 6)
                {
                    trainer.Weights.Span[0] = float.NaN;
                }
            });
            string line = Assert.Throws<DivergenceException>(() => trainer.RunAsync(cancellationToken: Hang).GetAwaiter().GetResult()).Message;
            return (line, TestData.Network().Layout.Hash(trainer.Weights.Span));
        });

        Assert.Single(faults.Distinct());
        Assert.Contains("epoch 1, step 7", faults[0].Line, StringComparison.Ordinal);
        Assert.Contains("rank 2", faults[0].Line, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_MoreRanksThanImagesOfABatch_SaysSo()
    {
        string[] lines = new ThreadJob(3).Run(rank => Assert.Throws<ClusterException>(() => new Trainer(
            TestData.Network(), Data, new TrainingOptions { BatchSize = 2, Local = new LocalStepOptions { LocalSteps = 1 } }, Options(rank, 1))).Message);

        Assert.StartsWith("Training:BatchSize is 2, but with Cluster:LocalSteps each of 3 ranks needs an image of each batch;", lines[0], StringComparison.Ordinal);
    }

    /// <summary>Local steps whose exchange takes the mean as it is.</summary>
    private static LocalStepOptions Plain(int steps) => new() { LocalSteps = steps, OuterRate = 1, OuterMomentum = 0 };

    /// <summary>The largest difference, relative to the largest weight.</summary>
    private static double Distance(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        double most = 0, largest = 0;
        for (int i = 0; i < x.Length; i++)
        {
            most = Math.Max(most, Math.Abs((double)x[i] - y[i]));
            largest = Math.Max(largest, Math.Abs(y[i]));
        }

        return most / largest;
    }

    private static Checkpointer? Checkpointer(CheckpointStore? store, CheckpointOptions options) => store is null
        ? null
        : new Checkpointer(store, options, new RunIdentity(new Dictionary<string, string>(), new Dictionary<string, string>()), TimeProvider.System);

    private static PipelineOptions Options(ICommunicator rank, int workers) => new() { Workers = workers, Threads = workers, Ranks = new RankGroup(rank) };

    private static string HashesOf(TrainingResult result) => string.Join(' ', result.Epochs.Select(epoch => epoch.WeightsSha256));

    private static string Figures(TrainingResult result) =>
        string.Join(' ', result.Epochs.Select(epoch => (epoch.Training.LossSum, epoch.Training.Correct, epoch.Training.Samples, epoch.Test.LossSum, epoch.Test.Correct)));
}
