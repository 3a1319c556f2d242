using ConvNN.Kernels;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Networks;
using ConvNN.Model.Parameters;
using ConvNN.Training.Cluster;
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
    private readonly RankGradients? _ranks;
    private StepJob _step;

    /// <summary>Allocates the memory of all workers.</summary>
    /// <param name="network">The network.</param>
    /// <param name="work">Prepares samples and evaluates losses.</param>
    /// <param name="optimizer">How a step changes the weights.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="plan">Workers, leaves, kernels, the most samples of a shard.</param>
    /// <param name="group">The ranks that share each batch; null for this process alone.</param>
    public FullGradientExchange(Network network, SampleWork work, IOptimizer optimizer, AlignedBuffer weights, PipelinePlan plan, RankGroup? group = null)
    {
        // The reducer of a rank that has no samples exchanges gradients all the same.
        _shards = [.. Enumerable.Range(0, plan.Shards).Select(worker => new Shard(worker, plan.Shards, plan.Leaves, network.Layout.TrainedLength, place: plan.Ranks) { MeetsAtBarrier = worker == 0 && plan.Ranks.Count > 1 })];
        _replicas = [.. _shards.Select(_ => new Replica(network, work, new Workspace(network, plan.ShardCapacity, plan.Kernels)))];
        _tree = new GradientTree(_shards.SelectMany(shard => shard.Gradients), plan.Leaves, plan.Kernels);
        _work = work;
        _optimizer = optimizer;
        _weights = weights;
        _kernels = plan.Kernels;
        _ranks = plan.Ranks.Count == 1 ? null : new RankGradients(group!, network, work, _shards, plan);
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
        if (shard.Count > 0)
        {
            _replicas[shard.Worker].Compute(shard);
        }

        return true;
    }

    /// <inheritdoc/>
    public void Share() => _ranks?.Share(_step);

    /// <inheritdoc/>
    public void Gather()
    {
        // All workers read and change the same weights.
    }

    /// <inheritdoc/>
    public void Complete()
    {
        // Each rank has all of it after every step.
    }

    /// <inheritdoc/>
    public int Finish()
    {
        StepJob step = _step;
        int bad;
        Span<float> mean;
        if (_ranks is null)
        {
            mean = Mean(step.Batch.Count, out bad);
        }
        else
        {
            mean = _ranks.Mean;
            bad = _kernels.Elementwise.IndexOfNonFinite(mean);
        }

        if (bad < 0)
        {
            _optimizer.Step(_weights.Span[..mean.Length], mean, start: 0, step.LearningRate, step.TrainingNumber);
            _work.TakeStatistics(step);
        }

        return bad;
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

    /// <summary>The mean gradient of a step that no other process shares. A slice is summed, averaged and checked while it is in the cache.</summary>
    private Span<float> Mean(int samples, out int bad)
    {
        SubtreeGradient? sum = null;
        bad = -1;
        int whole = Layout.TrainedLength;
        for (int start = 0; start < whole && bad < 0; start += Slice)
        {
            int length = Math.Min(Slice, whole - start);
            sum = _tree.Sum(start, length);
            Span<float> mean = sum.Values.Slice(start, length);
            _kernels.Elementwise.Scale(mean, 1f / samples);
            int found = _kernels.Elementwise.IndexOfNonFinite(mean);
            bad = found < 0 ? -1 : start + found;
        }

        return sum!.Values;
    }
}
