using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ConvNN.Data;
using ConvNN.Data.Augmentations;
using ConvNN.Kernels;
using ConvNN.Kernels.Vectors;
using ConvNN.Model;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Training.Optimizers;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;
using ConvNN.Training.Pipeline.Dataflow;

namespace ConvNN.Training.Tests.Pipeline;

/// <summary>Both exchanges against the definition of a step, with scalar kernels: after every step the same weights, losses, predictions and optimizer state.</summary>
public class StepDefinitionTests
{
    private const int Epochs = 2;

    private static readonly ConcurrentDictionary<string, Lazy<List<RecordedStep>>> Defined = new();

    public static TheoryData<string, ExchangeKind, int> Runs { get; } = [.. AllRuns()];

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task Run_EitherExchange_GivesTheBitsOfTheDefinition(string name, ExchangeKind exchange, int workers)
    {
        Case run = Cases(name);
        List<RecordedStep> expected = Defined.GetOrAdd(name, _ => new Lazy<List<RecordedStep>>(() => Define(run, KernelTier.Reference))).Value;

        List<RecordedStep> actual = await TrainAsync(run, new PipelineOptions { Workers = workers, Threads = workers, Exchange = exchange });

        Assert.Equal(expected, actual);
        Assert.Equal(Epochs * ((run.Images + run.Training.BatchSize - 1) / run.Training.BatchSize), actual.Count);
    }

    [Theory]
    [InlineData("dropout, sgd")]
    [InlineData("batch norm, adam")]
    public void Run_VectorKernels_GivesTheBitsOfTheReference(string name) =>
        Assert.Equal(Define(Cases(name), KernelTier.Reference), Define(Cases(name), KernelSet.BestTier));

    /// <summary>Factors beyond the bound of own features: the definition repeats the step, in one call of the optimizer with the whole gradient.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Run_FactorsThatMightOverflow_IsRepeatedByTheDefinition(int workers)
    {
        Case run = Cases("dropout, sgd") with { Begin = weights => weights.Fill(1e8f) };
        List<int> whole = [];
        Case counted = run with { Wrap = optimizer => new CountingOptimizer(optimizer, slice => whole.Add(slice)) };

        List<RecordedStep> actual = await TrainAsync(counted, new PipelineOptions { Workers = workers, Threads = workers, Exchange = ExchangeKind.OwnFeatures });

        Assert.Equal(Define(run, KernelSet.BestTier), actual);
        Assert.Contains(run.Network().Layout.TrainedLength, whole);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.MaxValue)]
    public void Run_GradientThatIsNotFinite_NamesItsFirstElementAndChangesNothing(float weight)
    {
        Network network = TestData.Network();
        ImageDataset images = TestData.Images(10);
        AlignedBuffer weights = network.Layout.Initialize(seed: 1);
        weights.Span.Fill(weight);
        float[] before = weights.Span.ToArray();
        KernelSet kernels = KernelSet.For(KernelSet.BestTier);
        BatchSource source = BatchSource.Training(images, seed: 1, epoch: 1, batchSize: 10);
        MiniBatch batch = new(images.Shape, 10, kernels.Tier);
        source.TryFill(batch);
        float[] gradient = [];
        StepDefinition definition = new(network, new TrainingOptions().Loss.Create(network), null, new Sgd(kernels), weights, seed: 1, leaves: 8, kernels)
        {
            OnSum = (lo, hi, sum) => gradient = hi - lo == 8 ? sum.ToArray() : gradient,
            OnApplied = _ => Assert.Fail("It was applied."),
        };

        int bad = definition.Run(new StepJob(batch, source, 1, 1, 0.1f));

        Assert.Equal(Array.FindIndex(gradient, value => !float.IsFinite(value)), bad);
        Assert.InRange(bad, 0, network.Layout.TrainedLength - 1);
        Assert.Equal(before, weights.Span.ToArray());
    }

    private static IEnumerable<(string Name, ExchangeKind Exchange, int Workers)> AllRuns() =>
        from name in (string[])["dropout, sgd", "batch norm, adam", "split rows, momentum", "accumulation, adamw", "augmentation, nesterov", "clipped values, lion", "clipped norm, rmsprop", "frozen below, momentum", "frozen between, adam", "single images, sgd"]
        from exchange in Enum.GetValues<ExchangeKind>()
        where exchange == ExchangeKind.FullGradients || Cases(name).Training.ClipNorm is null
        from workers in (int[])[1, 2, 3, 5, 8]
        select (name, exchange, workers);

    // The last batch of each has fewer images than the others, and in some fewer than there are leaves.
    private static Case Cases(string name) => name switch
    {
        "dropout, sgd" => new(TestData.Network, 47, new TrainingOptions { BatchSize = 10 }),
        "batch norm, adam" => new(TestData.BatchNormNetwork, 70, new TrainingOptions { BatchSize = 32, Optimizer = new AdamOptions(), LearningRate = 0.01 }),
        "split rows, momentum" => new(WideNetwork, 33, new TrainingOptions { BatchSize = 10, Optimizer = new MomentumOptions(), LearningRate = 0.01 }),
        "accumulation, adamw" => new(TestData.Network, 45, new TrainingOptions { BatchSize = 10, Optimizer = new AdamWOptions(), LearningRate = 0.01, Accumulate = 3, AverageDecay = 0.9 }),
        "augmentation, nesterov" => new(TestData.Network, 35, new TrainingOptions { BatchSize = 16, Optimizer = new NesterovOptions(), LearningRate = 0.01, Augmentation = new RandomAugmentation() }),
        "clipped values, lion" => new(TestData.BatchNormNetwork, 41, new TrainingOptions { BatchSize = 20, Optimizer = new LionOptions(), LearningRate = 0.001, ClipValue = 0.01 }),
        "clipped norm, rmsprop" => new(TestData.Network, 27, new TrainingOptions { BatchSize = 10, Optimizer = new RmsPropOptions(), LearningRate = 0.01, ClipNorm = 0.5 }),
        "frozen below, momentum" => new(FrozenBelow, 47, new TrainingOptions { BatchSize = 10, Optimizer = new MomentumOptions(), LearningRate = 0.01 }),
        "frozen between, adam" => new(FrozenBetween, 70, new TrainingOptions { BatchSize = 32, Optimizer = new AdamOptions(), LearningRate = 0.01 }),
        _ => new(TestData.Network, 5, new TrainingOptions { BatchSize = 1 }),
    };

    private static Network FrozenBelow() => new NetworkBuilder(Shape.Image(1, 9, 9))
        .Conv2d(filters: 4, kernel: 3, activation: Activation.Relu)
        .MaxPool2d(window: 2)
        .BatchNorm2d()
        .Flatten()
        .Dense(units: 18, activation: Activation.Relu)
        .Freeze()
        .Dense(units: 12, activation: Activation.Relu, dropout: 0.25)
        .Dense(units: TestData.Classes, activation: Activation.Softmax)
        .Build();

    private static Network FrozenBetween() => new NetworkBuilder(Shape.Image(1, 9, 9))
        .Conv2d(filters: 6, kernel: 3)
        .Add(new BatchNorm2dOptions { Frozen = true })
        .Conv2d(filters: 6, kernel: 3, padding: 1)
        .BatchNorm2d()
        .Residual(layers: 2, Activation.Relu)
        .Flatten()
        .Add(new DenseOptions { Units = 12, Activation = Activation.Relu, Frozen = true })
        .Dense(units: TestData.Classes, activation: Activation.Softmax)
        .Build();

    private static Network WideNetwork() => new NetworkBuilder(Shape.Image(1, 9, 9))
        .Flatten()
        .Dense(200, Activation.Relu)
        .Dense(260, Activation.Relu, dropout: 0.2)
        .Dense(TestData.Classes, Activation.Softmax)
        .Build();

    private static List<RecordedStep> Define(Case run, KernelTier tier)
    {
        (Network network, KernelSet kernels, TrainingOptions training) = (run.Network(), KernelSet.For(tier), run.Training);
        AlignedBuffer weights = run.Weights(network);
        IOptimizer optimizer = OptimizerStack.Create(training, kernels, weights.Span[..network.Layout.TrainedLength], out _);
        StepDefinition definition = new(
            network, training.Loss.Create(network), training.Augmentation.Create(network.Input, training.Seed), optimizer, weights, training.Seed,
            new PipelineOptions().LeavesFor(training.BatchSize, network), kernels);
        MiniBatch batch = new(network.Input, training.BatchSize, tier);
        List<RecordedStep> steps = [];
        for (int epoch = 1; epoch <= Epochs; epoch++)
        {
            BatchSource source = BatchSource.Training(TestData.Images(run.Images), training.Seed, epoch, training.BatchSize);
            while (source.TryFill(batch))
            {
                int number = steps.Count + 1;
                Assert.Equal(-1, definition.Run(new StepJob(batch, source, number, number, (float)training.LearningRate)));
                steps.Add(RecordedStep.Of(weights, batch, batch.Count, optimizer));
            }
        }

        return steps;
    }

    private static async Task<List<RecordedStep>> TrainAsync(Case run, PipelineOptions options)
    {
        (Network network, KernelSet kernels, TrainingOptions training) = (run.Network(), KernelSet.For(KernelSet.BestTier), run.Training);
        AlignedBuffer weights = run.Weights(network);
        IOptimizer optimizer = run.Wrap(OptimizerStack.Create(training, kernels, weights.Span[..network.Layout.TrainedLength], out _));
        ConcurrentQueue<(MiniBatch Batch, int Count)> filled = new();
        List<RecordedStep> steps = [];
        await using TrainingPipeline pipeline = new(network, training.Loss.Create(network), optimizer, weights, training, options)
        {
            BetweenSteps = gather =>
            {
                gather();
                Assert.True(filled.TryDequeue(out (MiniBatch Batch, int Count) finished));
                steps.Add(RecordedStep.Of(weights, finished.Batch, finished.Count, optimizer));
            },
        };
        for (int epoch = 1; epoch <= Epochs; epoch++)
        {
            BatchSource source = BatchSource.Training(TestData.Images(run.Images), training.Seed, epoch, training.BatchSize);
            await pipeline.RunAsync(new RecordedSource(source, filled), (float)training.LearningRate, TestContext.Current.CancellationToken);
        }

        return steps;
    }

    /// <summary>What is trained, and how.</summary>
    private sealed record Case(Func<Network> Network, int Images, TrainingOptions Training)
    {
        public SpanAction Begin { get; init; } = _ => { };

        public Func<IOptimizer, IOptimizer> Wrap { get; init; } = optimizer => optimizer;

        public delegate void SpanAction(Span<float> weights);

        public AlignedBuffer Weights(Network network)
        {
            AlignedBuffer weights = network.Layout.Initialize(Training.Seed);
            Begin(weights.Span[..network.Layout.TrainedLength]);
            return weights;
        }
    }

    /// <summary>The bits after a step.</summary>
    private sealed record RecordedStep(string Weights, string Losses, string Predictions, string State)
    {
        public static RecordedStep Of(AlignedBuffer weights, MiniBatch batch, int count, IOptimizer optimizer) => new(
            Hash<float>(weights.Span),
            Hash<float>(batch.Losses.AsSpan(0, count)),
            string.Join(' ', batch.Predictions.Take(count)),
            string.Join(' ', optimizer.State.OrderBy(state => state.Key, StringComparer.Ordinal).Select(state => $"{state.Key} {Hash<float>(state.Value.Span)}")));

        private static string Hash<T>(ReadOnlySpan<T> values)
            where T : struct => Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(values)));
    }

    /// <summary>Notes the batches in the order in which they are filled, which is that of their steps.</summary>
    private sealed class RecordedSource(BatchSource source, ConcurrentQueue<(MiniBatch Batch, int Count)> filled) : IBatchSource
    {
        public int Samples => source.Samples;

        public bool IsTraining => source.IsTraining;

        public int Epoch => source.Epoch;

        public bool TryFill(MiniBatch batch)
        {
            bool isFilled = source.TryFill(batch);
            if (isFilled)
            {
                filled.Enqueue((batch, batch.Count));
            }

            return isFilled;
        }
    }

    /// <summary>Tells the lengths of the slices that it is given.</summary>
    private sealed class CountingOptimizer(IOptimizer optimizer, Action<int> onSlice) : IOptimizer
    {
        private readonly Lock _gate = new();

        public IReadOnlyDictionary<string, AlignedBuffer> State => optimizer.State;

        public void Step(Span<float> weights, ReadOnlySpan<float> gradients, int start, float learningRate, long step)
        {
            lock (_gate)
            {
                onSlice(weights.Length);
            }

            optimizer.Step(weights, gradients, start, learningRate, step);
        }
    }
}
