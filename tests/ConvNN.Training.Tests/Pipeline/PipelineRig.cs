using ConvNN.Data;
using ConvNN.Kernels;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Losses;
using ConvNN.Model.Networks;
using ConvNN.Training.Optimizers;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;
using ConvNN.Training.Pipeline.Dataflow;
using ConvNN.Training.Progress;

namespace ConvNN.Training.Tests.Pipeline;

/// <summary>A pipeline over a small network, each of whose parts a test can replace by a faulty one.</summary>
internal sealed class PipelineRig : IAsyncDisposable
{
    // More than this machine may have cores, and a number that does not divide the leaves.
    private const int MostThreads = 3;

    public PipelineRig(
        int workers,
        int batchSize = 10,
        ILoss? loss = null,
        IOptimizer? optimizer = null,
        int? leaves = null,
        KernelTier? tier = null,
        double stallTimeout = 30,
        ExchangeKind? exchange = null,
        Network? network = null)
    {
        Training = new TrainingOptions { BatchSize = batchSize, LearningRate = 0.1, Seed = 7 };
        PipelineOptions options = new() { Workers = workers, Leaves = leaves, Kernels = tier, StallTimeout = TimeSpan.FromSeconds(stallTimeout), Threads = Math.Min(workers, MostThreads), Exchange = exchange };
        KernelSet kernels = KernelSet.For(tier ?? KernelSet.BestTier);
        Network = network ?? TestData.Network();
        Weights = Network.Layout.Initialize(Training.Seed);
        Pipeline = new TrainingPipeline(Network, loss ?? new CrossEntropy(), optimizer ?? new Sgd(kernels), Weights, Training, options);
    }

    public TrainingOptions Training { get; }

    public Network Network { get; }

    public AlignedBuffer Weights { get; }

    public TrainingPipeline Pipeline { get; }

    public string Hash => Network.Layout.Hash(Weights.Span);

    /// <summary>One epoch; a pass that hangs fails the test instead of stopping the suite.</summary>
    public Task<PassResult> TrainAsync(ImageDataset data, int epoch = 1, CancellationTokenSource? stop = null) =>
        RunAsync(BatchSource.Training(data, Training.Seed, epoch, Training.BatchSize), stop);

    public Task<PassResult> EvaluateAsync(ImageDataset data) => RunAsync(BatchSource.Evaluation(data, epoch: 1, Pipeline.EvaluationBatch));

    public Task<PassResult> RunAsync(IBatchSource source, CancellationTokenSource? stop = null) =>
        Pipeline.RunAsync(source, (float)Training.LearningRate, stop?.Token ?? default).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Pipeline.DisposeAsync();
}

/// <summary>Cross-entropy that does something first, for samples of a class: throw, sleep, wait.</summary>
internal sealed class DisturbedLoss(Action<int> before) : ILoss
{
    private readonly CrossEntropy _loss = new();

    public float Evaluate(ReadOnlySpan<float> outputs, int label, Span<float> gradient)
    {
        before(label);
        return _loss.Evaluate(outputs, label, gradient);
    }

    public double Define(ReadOnlySpan<double> outputs, int label) => _loss.Define(outputs, label);
}

/// <summary>An optimizer that does something instead of its work.</summary>
internal sealed class DisturbedOptimizer(Action<long> instead) : IOptimizer
{
    public IReadOnlyDictionary<string, AlignedBuffer> State { get; } = new Dictionary<string, AlignedBuffer>();

    public void Step(Span<float> weights, ReadOnlySpan<float> gradients, int start, float learningRate, long step) => instead(step);
}

/// <summary>Batches with something done before each.</summary>
internal sealed class DisturbedSource(IBatchSource source, Action<int> before) : IBatchSource
{
    private int _asked;

    public int Samples => source.Samples;

    public bool IsTraining => source.IsTraining;

    public int Epoch => source.Epoch;

    public bool TryFill(MiniBatch batch)
    {
        before(++_asked);
        return source.TryFill(batch);
    }
}
