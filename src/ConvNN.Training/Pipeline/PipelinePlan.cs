using ConvNN.Kernels;
using ConvNN.Model;

namespace ConvNN.Training.Pipeline;

/// <summary>How a run is divided, and what it takes: worked out once, before anything is allocated.</summary>
public sealed record PipelinePlan
{
    /// <summary>Batches that circulate in the pipeline: one in its step, two ready behind it, one being assembled.</summary>
    public const int Batches = 4;

    // Samples that keep a worker busy for longer than a hand-off takes.
    private const int EvaluationShard = 32;

    /// <summary>Works out the plan of a run.</summary>
    /// <param name="network">The network.</param>
    /// <param name="training">The batch size.</param>
    /// <param name="options">Workers, leaves, kernels.</param>
    public PipelinePlan(Network network, TrainingOptions training, PipelineOptions options)
    {
        Kernels = KernelSet.For(options.Kernels ?? KernelSet.BestTier);
        Leaves = options.LeavesFor(training.BatchSize);
        Workers = options.WorkersFor(training.BatchSize);
        Threads = Math.Min(Workers, Environment.ProcessorCount);
        ShardCapacity = Math.Max(Shard.MaxSamples(training.BatchSize, Leaves, Workers), EvaluationShard);
        Samples = Shard.SamplesOfWorkers(training.BatchSize, Leaves, Workers);
        EvaluationBatch = Workers * EvaluationShard;
        BatchCapacity = Math.Max(training.BatchSize, EvaluationBatch);

        long gradients = Enumerable.Range(0, Workers).Sum(worker => (long)Shard.Cover(worker, Workers, Leaves, options.SeparateLeaves).Count);
        WeightBytes = (long)network.Layout.Length * sizeof(float);
        GradientBytes = gradients * WeightBytes;
        ReplicaBytes = Workspace.Bytes(network, ShardCapacity, Kernels);
        BatchBytes = (long)Batches * BatchCapacity * network.Input.Stride * sizeof(float);
        LargestBuffer = Math.Max(
            (long)BatchCapacity * network.Input.Stride,
            network.Layers.Max(layer => (long)ShardCapacity * Math.Max(layer.Input.Stride, Math.Max(layer.Output.Stride, layer.SavedBytes))));
    }

    /// <summary>The kernels of the run.</summary>
    public KernelSet Kernels { get; }

    /// <summary>P, the leaves of a step.</summary>
    public int Leaves { get; }

    /// <summary>Workers that share each batch.</summary>
    public int Workers { get; }

    /// <summary>Threads that the workers run on.</summary>
    public int Threads { get; }

    /// <summary>The most samples of a worker.</summary>
    public int ShardCapacity { get; }

    /// <summary>Images that are in flight together in an evaluation.</summary>
    public int EvaluationBatch { get; }

    /// <summary>The most samples of a batch.</summary>
    public int BatchCapacity { get; }

    /// <summary>The samples of each worker in a whole batch; none for one that a batch has no part for.</summary>
    public IReadOnlyList<int> Samples { get; }

    /// <summary>Bytes of the weights, which all workers share.</summary>
    public long WeightBytes { get; }

    /// <summary>Bytes of the gradients of all workers.</summary>
    public long GradientBytes { get; }

    /// <summary>Bytes of the activations of one worker.</summary>
    public long ReplicaBytes { get; }

    /// <summary>Bytes of the batches that circulate.</summary>
    public long BatchBytes { get; }

    /// <summary>Bytes that weights, gradients, activations and batches take, the dataset not counted.</summary>
    public long Bytes => WeightBytes + GradientBytes + (Workers * ReplicaBytes) + BatchBytes;

    /// <summary>Elements of the largest single buffer; it must not exceed <see cref="AlignedBuffer.MaxLength"/>.</summary>
    public long LargestBuffer { get; }
}
