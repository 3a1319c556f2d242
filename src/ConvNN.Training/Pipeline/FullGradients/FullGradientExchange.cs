using ConvNN.Kernels;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Networks;
using ConvNN.Model.Parameters;
using ConvNN.Training.Optimizers;
using ConvNN.Training.Pipeline.Clocks;

namespace ConvNN.Training.Pipeline.FullGradients;

/// <summary>
/// Each worker computes the gradient of all weights over the samples of its leaves; the reducer joins the subtrees, divides
/// by the number of samples and applies the optimizer.
/// </summary>
internal sealed class FullGradientExchange : IGradientExchange
{
    // Floats in a slice of the gradient: together with its terms, half of a second-level cache.
    private const int Slice = 16_384;

    private readonly Shard[] _shards;
    private readonly Replica[] _replicas;
    private readonly GradientTree _tree;
    private readonly SampleWork _work;
    private readonly IOptimizer _optimizer;
    private readonly AlignedBuffer _weights;
    private readonly KernelSet _kernels;
    private StepJob _step;

    /// <summary>Allocates the memory of all workers.</summary>
    /// <param name="network">The network.</param>
    /// <param name="work">Prepares samples and evaluates losses.</param>
    /// <param name="optimizer">How a step changes the weights.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="plan">Workers, leaves, kernels, the most samples of a shard.</param>
    public FullGradientExchange(Network network, SampleWork work, IOptimizer optimizer, AlignedBuffer weights, PipelinePlan plan)
    {
        _shards = [.. Enumerable.Range(0, plan.Shards).Select(worker => new Shard(worker, plan.Shards, plan.Leaves, network.Layout.TrainedLength))];
        _replicas = [.. _shards.Select(_ => new Replica(network, work, new Workspace(network, plan.ShardCapacity, plan.Kernels)))];
        _tree = new GradientTree(_shards.SelectMany(shard => shard.Gradients), plan.Leaves, plan.Kernels);
        _work = work;
        _optimizer = optimizer;
        _weights = weights;
        _kernels = plan.Kernels;
        Layout = network.Layout;
    }

    /// <inheritdoc/>
    public ParameterLayout Layout { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Shard> Shards => _shards;

    /// <inheritdoc/>
    public int Begin(StepJob step)
    {
        _step = step;
        int busy = 0;
        foreach (Shard shard in _shards)
        {
            shard.Begin(step);
            busy += shard.IsNeeded ? 1 : 0;
        }

        return busy;
    }

    /// <inheritdoc/>
    public bool Compute(Shard shard, StageLane lane)
    {
        _replicas[shard.Worker].Compute(shard);
        return true;
    }

    /// <inheritdoc/>
    public int Finish()
    {
        StepJob step = _step;

        // A slice is summed, averaged and checked while it is in the cache. The weights change only if all slices are finite.
        SubtreeGradient? sum = null;
        int whole = Layout.TrainedLength;
        for (int start = 0; start < whole; start += Slice)
        {
            int length = Math.Min(Slice, whole - start);
            sum = _tree.Sum(start, length);
            Span<float> mean = sum.Values.Slice(start, length);
            _kernels.Elementwise.Scale(mean, 1f / step.Batch.Count);
            int bad = _kernels.Elementwise.IndexOfNonFinite(mean);
            if (bad >= 0)
            {
                return start + bad;
            }
        }

        _optimizer.Step(_weights.Span[..whole], sum!.Values, start: 0, step.LearningRate, step.TrainingNumber);
        _work.TakeStatistics(step);
        return -1;
    }

    /// <inheritdoc/>
    public bool GoesOn => false;

    /// <inheritdoc/>
    public void Release(bool goesOn) => throw new NotSupportedException("Workers with full gradients get each step in a message.");

    /// <inheritdoc/>
    public bool AwaitEnd(Shard shard) => throw new NotSupportedException("Workers with full gradients get each step in a message.");

    /// <inheritdoc/>
    public void Abort()
    {
        // No worker waits for another here.
    }
}
