using ConvNN.Data;
using ConvNN.Files.Tests;
using ConvNN.Model.Networks;
using ConvNN.Training.Checkpoints;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;
using ConvNN.Training.Pipeline.Tuning;
using ConvNN.Training.Progress;

namespace ConvNN.Training.Tests.Pipeline.Tuning;

/// <summary>A run may change its number of threads after any step: all it does is what one thread does.</summary>
public sealed class TunedPipelineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("convnn-").FullName;

    private static CancellationToken Hang => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1, ExchangeKind.OwnFeatures, "sgd")]
    [InlineData(2, ExchangeKind.OwnFeatures, "adam")]
    [InlineData(3, ExchangeKind.FullGradients, "momentum")]
    [InlineData(4, ExchangeKind.OwnFeatures, "lion")]
    public async Task Run_ThreadsChangeAtRandom_GivesTheBitsOfOneThread(int seed, ExchangeKind exchange, string optimizer)
    {
        TrainingOptions training = new() { Epochs = 3, Seed = 5, Optimizer = optimizer, LearningRate = 0.003, Accumulate = seed % 2 == 0 ? 2 : 1, AverageDecay = 0.9 };
        (TrainingResult expected, byte[] state) = await TrainAsync(training, new PipelineOptions { Workers = 1, Exchange = exchange }, choice: null, "one");
        int[] numbers = [1, 2, 3, 5, 8];

        (TrainingResult actual, byte[] changed) = await TrainAsync(training, new PipelineOptions { Exchange = exchange }, new RandomChoice(numbers, (ulong)seed), "many");

        // The fewest segments that three epochs of 41 steps can have.
        RandomChoice again = new(numbers, (ulong)seed);
        Assert.Equal(numbers, Enumerable.Range(0, 3 * 9).Select(_ => again.Next().Threads).Distinct().Order());
        Assert.Equal(expected.WeightsSha256, actual.WeightsSha256);
        Assert.Equal(expected.Epochs.Select(Figures), actual.Epochs.Select(Figures));
        Assert.Equal(state, changed);
    }

    [Fact]
    public async Task Run_ChoiceThatChanges_IsToldWithItsStep()
    {
        // 600 steps an epoch; the second number is twice as fast.
        WorkerTuner? tuner = null;
        Trainer trainer = new(TestData.Network(), TestData.Pair(6_000), new TrainingOptions { Epochs = 2 }, new PipelineOptions())
        {
            Threads = (_, _) => new ScriptedTime(tuner = new WorkerTuner([1, 2], guess: 1, beginning: 1, batchSize: 10, samples: 1_000_000), segment => segment.Threads * 100),
        };

        TrainingResult result = await trainer.RunAsync(cancellationToken: Hang);

        WorkersChanged change = Assert.Single(await trainer.Events.ReadAllAsync(Hang).OfType<WorkersChanged>().ToListAsync(Hang));
        Assert.Equal((1, 2, 200, 100), (change.From, change.To, change.ImagesPerSecond, change.Against));
        Assert.InRange(change.Step, 1, 1_199);
        Assert.Equal((2, 2), (tuner!.Threads, result.Threads));
    }

    [Fact]
    public async Task Run_ThreadsThatAreForced_DoNotChange()
    {
        IReadOnlyList<PipelinePlan>? plans = null;
        Trainer trainer = new(TestData.Network(), TestData.Pair(60), new TrainingOptions { Epochs = 1 }, new PipelineOptions { Workers = 8, Threads = 5 })
        {
            Threads = (all, samples) => new WorkerTuner([.. (plans = all).Select(plan => plan.Threads)], 5, beginning: 5, batchSize: 10, samples),
        };

        await trainer.RunAsync(cancellationToken: Hang);

        Assert.Equal([5], plans!.Select(plan => plan.Threads));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    public void Candidates_Workers_AreTheMostThreadsAndNeverMoreThanCores(int? workers)
    {
        foreach (ExchangeKind exchange in Enum.GetValues<ExchangeKind>())
        {
            // 128 images have eight leaves, which full gradients divide, and four images for each of 32.
            int share = exchange == ExchangeKind.FullGradients ? 8 : 128 / PipelineOptions.FewestShared;
            int most = Math.Min(Math.Min(workers ?? int.MaxValue, Environment.ProcessorCount), share);
            IReadOnlyList<PipelinePlan> plans = WorkerCandidates.Of(
                TestData.Network(), TestData.Pair(600).Outline, new TrainingOptions { BatchSize = 128 }, new PipelineOptions { Workers = workers, Exchange = exchange });

            Assert.Equal((1, most), (plans[0].Threads, plans[^1].Threads));
            Assert.Contains(Math.Max(1, most - 1), plans.Select(plan => plan.Threads));
            Assert.Equal(plans.Select(plan => plan.Threads).Distinct().Order(), plans.Select(plan => plan.Threads));
            Assert.All(plans, plan => Assert.Equal(plan.Threads, plan.Shards));
        }
    }

    /// <summary>Images that stay in files need batches of other sizes, whether or not the caller thought of it.</summary>
    [Fact]
    public void Candidates_ImagesInFiles_AreDecodedAhead()
    {
        DatasetOutline data = TestData.Pair(600).Outline with { IsInMemory = false };
        TrainingOptions training = new() { BatchSize = 128 };
        PipelineOptions options = new();

        IReadOnlyList<PipelinePlan> plans = WorkerCandidates.Of(TestData.Network(), data, training, options);

        PipelinePlan PlanOf(int threads, bool isAhead) => new(TestData.Network(), training, options with { Workers = threads, Threads = threads, DecodesAhead = isAhead });
        Assert.All(plans, plan => Assert.Equal(PlanOf(plan.Threads, isAhead: true).BatchBytes, plan.BatchBytes));
        Assert.All(plans, plan => Assert.NotEqual(PlanOf(plan.Threads, isAhead: false).BatchBytes, plan.BatchBytes));
    }

    /// <summary>While the compiler works, a processor is left to it, unless few steps are made meanwhile.</summary>
    [Fact]
    public void BeginningOf_LongSteps_IsTheGuess()
    {
        DatasetPair digits = TestData.Pair(600);
        Network network = DefaultNetwork.For(digits);
        PipelineOptions options = new();
        int lengthy = (int)(1_000_000_000 / network.TrainingOperations) + 1;
        foreach (int batchSize in (int[])[128, lengthy])
        {
            TrainingOptions training = new() { BatchSize = batchSize };
            PipelinePlan guess = new(network, training, options);
            IReadOnlyList<PipelinePlan> plans = WorkerCandidates.Of(network, digits.Outline, training, options);

            PipelinePlan beginning = WorkerCandidates.BeginningOf(plans, guess, options);

            int fewer = plans.Select(plan => plan.Threads).LastOrDefault(threads => threads <= Math.Min(guess.Threads, options.Cores - 1), 1);
            Assert.Equal(batchSize == lengthy ? guess.Threads : fewer, beginning.Threads);
        }
    }

    /// <summary>A step with one leaf of one image is for one thread, and batch norm needs whole leaves; an evaluation has images for every core.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void ForEvaluation_StepsOfFewThreads_TakesEveryCore(int batchSize, bool hasBatchNorm)
    {
        Network network = hasBatchNorm ? TestData.BatchNormNetwork() : TestData.Network();
        TrainingOptions training = new() { BatchSize = batchSize };

        PipelineOptions? most = ForEvaluation(network, training, new PipelineOptions { Leaves = 1 });

        if (Environment.ProcessorCount == 1)
        {
            Assert.Null(most);
            return;
        }

        PipelinePlan plan = new(network, training, most ?? throw new InvalidOperationException("One thread evaluates."));
        Assert.Equal((Environment.ProcessorCount, Environment.ProcessorCount), (most.Threads, plan.Threads));
        Assert.Equal(Environment.ProcessorCount * 64, plan.EvaluationBatch);
        Assert.Equal(hasBatchNorm ? ExchangeKind.FullGradients : ExchangeKind.OwnFeatures, plan.Exchange);
    }

    [Fact]
    public void ForEvaluation_NoMoreThreadsThanInTraining_IsThePipelineOfTraining()
    {
        Assert.Null(ForEvaluation(TestData.Network(), new TrainingOptions { BatchSize = 128 }, new PipelineOptions { Workers = 2 }));
        Assert.Null(ForEvaluation(TestData.Network(), new TrainingOptions { BatchSize = 1 }, new PipelineOptions { Workers = 1, Leaves = 1 }));
        Assert.Null(ForEvaluation(TestData.Network(), new TrainingOptions { BatchSize = 1 }, new PipelineOptions { Workers = 8, Threads = 1, Leaves = 1 }));
    }

    /// <summary>The second evaluation takes all cores, the first those of training: what they find is the same.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public async Task Run_EvaluationsOnMoreThreadsThanTraining_FindWhatOneThreadFinds(int batchSize, bool hasBatchNorm)
    {
        async Task<IEnumerable<(int, int, double, int, double, string)>> Run(int workers)
        {
            Trainer trainer = new(
                hasBatchNorm ? TestData.BatchNormNetwork() : TestData.Network(), TestData.Pair(60), new TrainingOptions { Epochs = 3, BatchSize = batchSize }, new PipelineOptions { Workers = workers, Leaves = 1 });
            return (await trainer.RunAsync(cancellationToken: Hang)).Epochs.Select(Figures);
        }

        Assert.Equal(await Run(1), await Run(8));
    }

    private static PipelineOptions? ForEvaluation(Network network, TrainingOptions training, PipelineOptions options)
    {
        DatasetOutline data = TestData.Pair(60).Outline;
        return WorkerCandidates.ForEvaluation(network, data, training, options, WorkerCandidates.Of(network, data, training, options));
    }

    private static (int, int, double, int, double, string) Figures(EpochResult epoch) =>
        (epoch.Training.Samples, epoch.Training.Correct, epoch.Training.LossSum, epoch.Test.Correct, epoch.Test.LossSum, epoch.WeightsSha256);

    /// <summary>Trains, and returns weights, average and optimizer state as the last checkpoint has them.</summary>
    private async Task<(TrainingResult Result, byte[] State)> TrainAsync(TrainingOptions training, PipelineOptions pipeline, IThreadChoice? choice, string name)
    {
        // 405 images are 41 steps, the last of half the size.
        DatasetPair data = TestData.Pair(405);
        string folder = Path.Combine(_folder, name);
        Trainer trainer = new(TestData.Network(), data, training, pipeline) { Threads = choice is null ? null : (_, _) => choice };
        using CheckpointStore store = CheckpointStore.Open(folder, new FailingFiles());
        trainer.Checkpoints = new Checkpointer(
            store, new CheckpointOptions(), new RunIdentity(new Dictionary<string, string>(), new Dictionary<string, string>()), TimeProvider.System);
        TrainingResult result = await trainer.RunAsync(cancellationToken: Hang);
        string last = Path.Combine(folder, CheckpointStore.Names(folder)[^1].ToString());
        return (result, [.. Directory.GetFiles(last, "*.safetensors").Order().SelectMany(File.ReadAllBytes)]);
    }

    /// <summary>Tells another choice times that are made up instead of those that were measured.</summary>
    private sealed class ScriptedTime(IThreadChoice choice, Func<Segment, double> rateOf) : IThreadChoice
    {
        private Segment _segment;

        public int Most => choice.Most;

        public int Threads => choice.Threads;

        public Segment Next() => _segment = choice.Next();

        public WorkersChanged? Observe(SegmentTime time)
        {
            Assert.Equal(_segment.Further > 0, time.HasRoom is not null);
            return choice.Observe(time with { Seconds = time.Samples / rateOf(_segment), IsCompiling = false, HasRoom = time.HasRoom is null ? null : true });
        }
    }
}
