using ConvNN.Kernels;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Training.Options;

namespace ConvNN.Training.Pipeline;

/// <summary>How a run is divided and how much memory it needs: computed once, before anything is allocated.</summary>
public sealed record PipelinePlan
{
    /// <summary>Batches that circulate in the pipeline: one in its step, two ready and waiting, one being assembled.</summary>
    public const int Batches = 4;

    /// <summary>A step needs this many operations for each thread: with fewer, threads spend more time waiting for each other than they save.</summary>
    public const long OperationsPerThread = 500_000;

    // Enough samples to keep a worker busy for longer than a hand-off takes.
    private const int EvaluationShard = 64;

    // With fewer weights than this, the two barriers of a split cost more than reading what another core has written.
    private const int SplitLength = 16_384;

    // A layer is split while the batch has at most half as many samples as the layer has units: above that, its activations and their gradients are larger than its weights.
    private const int UnitsPerSample = 2;

    /// <summary>Works out the plan of a run.</summary>
    /// <param name="network">The network.</param>
    /// <param name="training">The batch size.</param>
    /// <param name="options">Workers, leaves, kernels.</param>
    public PipelinePlan(Network network, TrainingOptions training, PipelineOptions options)
    {
        Kernels = KernelSet.For(options.Kernels ?? KernelSet.BestTier);
        BatchSize = training.BatchSize;
        Leaves = options.LeavesFor(BatchSize, network);
        Workers = options.WorkersFor(BatchSize, network);
        StepOperations = network.TrainingOperations * BatchSize;
        FastestThreads = (int)Math.Clamp(StepOperations / OperationsPerThread, 1, Math.Min(Environment.ProcessorCount, Leaves));
        FastestExchange = RefusalOfOwnedRows(training, options) is null ? ExchangeKind.OwnedRows : ExchangeKind.FullGradients;
        Exchange = options.Exchange ?? FastestExchange;
        Threads = Exchange == ExchangeKind.OwnedRows
            ? Math.Min(Leaves, options.Threads ?? Math.Min(Workers, FastestThreads))
            : Math.Min(Workers, Environment.ProcessorCount);

        // With owned rows each thread has one shard; with full gradients each worker has one.
        int shards = Exchange == ExchangeKind.OwnedRows ? Threads : Workers;
        EvaluationBatch = shards * EvaluationShard;
        BatchCapacity = Math.Max(BatchSize, EvaluationBatch);
        Samples = Shard.SamplesOfWorkers(BatchSize, Leaves, shards);
        ShardCapacity = Math.Max(Shard.MaxSamples(BatchSize, Leaves, shards), EvaluationShard);
        WeightBytes = (long)network.Layout.Length * sizeof(float);
        BatchBytes = (long)Batches * BatchCapacity * network.Input.Stride * sizeof(float);
        (GradientBytes, ActivationBytes) = Exchange == ExchangeKind.OwnedRows
            ? (OwnedRowGradientBytes(network), Workspace.Bytes(network, BatchCapacity, Kernels, Threads))
            : (WeightBytes * Enumerable.Range(0, shards).Sum(shard => (long)Shard.Cover(shard, shards, Leaves).Count),
                Workers * Workspace.Bytes(network, ShardCapacity, Kernels));
        int together = Exchange == ExchangeKind.OwnedRows ? BatchCapacity : ShardCapacity;
        LargestBuffer = Math.Max(
            (long)BatchCapacity * network.Input.Stride,
            network.Layers.Max(layer => (long)together * Math.Max(layer.Input.Stride, Math.Max(layer.Output.Stride, layer.SavedBytes))));
    }

    /// <summary>The kernels of the run.</summary>
    public KernelSet Kernels { get; }

    /// <summary>How gradients come together.</summary>
    public ExchangeKind Exchange { get; }

    /// <summary>How they come together unless the options choose: owned rows where they can run.</summary>
    public ExchangeKind FastestExchange { get; }

    /// <summary>Images of a whole batch.</summary>
    public int BatchSize { get; }

    /// <summary>P, the leaves of a step.</summary>
    public int Leaves { get; }

    /// <summary>Workers that share each batch.</summary>
    public int Workers { get; }

    /// <summary>Threads that the workers run on.</summary>
    public int Threads { get; }

    /// <summary>Floating-point operations of a training step.</summary>
    public long StepOperations { get; }

    /// <summary>Threads that steps of this batch and network are predicted to run on fastest here, from <see cref="StepOperations"/> and <see cref="OperationsPerThread"/>.</summary>
    public int FastestThreads { get; }

    /// <summary>The most samples of a shard.</summary>
    public int ShardCapacity { get; }

    /// <summary>Images that are in flight together in an evaluation.</summary>
    public int EvaluationBatch { get; }

    /// <summary>The most samples of a batch.</summary>
    public int BatchCapacity { get; }

    /// <summary>The samples of each shard of a whole batch; 0 for a shard that gets none.</summary>
    public IReadOnlyList<int> Samples { get; }

    /// <summary>Bytes of the weights, which all workers share.</summary>
    public long WeightBytes { get; }

    /// <summary>Bytes of all gradients.</summary>
    public long GradientBytes { get; }

    /// <summary>Bytes of all activations.</summary>
    public long ActivationBytes { get; }

    /// <summary>Bytes of the batches that circulate.</summary>
    public long BatchBytes { get; }

    /// <summary>Elements of the largest single buffer; it must not exceed <see cref="AlignedBuffer.MaxLength"/>.</summary>
    public long LargestBuffer { get; }

    /// <summary>Whether members compute a layer by units: worthwhile where its activations and their gradients, which then move between cores, are smaller than its weights, which then stay.</summary>
    /// <param name="layer">The layer.</param>
    public bool Splits(Dense layer) =>
        Threads > 1 && layer.UnitLeaves >= Threads && layer.Weight.Length >= SplitLength && BatchSize <= layer.Output.Count / UnitsPerSample;

    /// <summary>Why owned rows cannot run with these options, and what to do about it; null where they can.</summary>
    /// <param name="training">Whether a step needs the whole gradient.</param>
    /// <param name="options">The kernels.</param>
    public static string? RefusalOfOwnedRows(TrainingOptions training, PipelineOptions options)
    {
        if (training.NeedsWholeGradient)
        {
            return "Training:ClipNorm needs the whole gradient before any weight changes; use auto or full-gradients, or leave Training:ClipNorm out";
        }

        return (options.Kernels ?? KernelSet.BestTier) == KernelTier.Reference
            ? "the reference kernels define the result and run with full gradients only; use auto or full-gradients, or different Pipeline:Kernels"
            : null;
    }

    /// <summary>Approximate bytes of gradients with owned rows: input gradients of split layers, rows being computed, and gradients that are joined.</summary>
    private long OwnedRowGradientBytes(Network network)
    {
        long dense = network.Layers.OfType<Dense>().Sum(layer => (long)layer.Weight.Length);
        long partials = network.Layers.OfType<Dense>().Where(Splits).Sum(layer => (Threads - 1L) * BatchCapacity * layer.Input.Stride);
        return sizeof(float) * (partials + dense + (Leaves * (network.Layout.TrainedLength - dense)));
    }
}
