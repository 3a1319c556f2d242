using ConvNN.Kernels;
using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Model.Parameters;
using ConvNN.Model.Samples;
using ConvNN.Training.Optimizers;
using ConvNN.Training.Pipeline.Clocks;

namespace ConvNN.Training.Pipeline.OwnedRows;

/// <summary>
/// The fast exchange: all members can read the activations and gradients of a step, and each row of dense weights has one
/// owner, who sums its gradient over all samples and applies the optimizer at once. The gradient of a dense layer is never
/// handed over, or even stored; those of the other layers, which are small, are joined as subtrees.
/// </summary>
/// <remarks>
/// A step has a few phases. In each of them a member works alone, either by samples (its own samples, all units) or by units
/// (its own units, all samples). Members wait for each other where the kind changes. Weights change in the last phase, after
/// the check that every sum is finite; otherwise <see cref="StepDefinition"/> repeats the step.
/// </remarks>
internal sealed partial class OwnedRowExchange : IGradientExchange
{
    // Rows whose gradients and weights together fit into the first-level cache when the samples are few.
    private const int RowBlock = 8;

    // Units that kernels compute together.
    private const int UnitGroup = 4;

    // The most samples that count as few.
    private const int FewSamples = 32;

    // Products of two factors within the bound are finite, and so are sums of 65,536 such products and a tree of such sums.
    private const float FactorBound = 1e15f;
    private const float SumBound = 1e36f;

    private readonly SampleWork _work;
    private readonly IOptimizer _optimizer;
    private readonly AlignedBuffer _weights;
    private readonly KernelSet _kernels;
    private readonly Workspace _workspace;
    private readonly Shard[] _shards;
    private readonly DenseDivision?[] _divisions;
    private readonly (int Start, int Length)[] _joined;
    private readonly GradientTree _tree;
    private readonly AlignedBuffer[] _rows;
    private readonly MemberBarrier _barrier;
    private readonly int[] _edges;
    private readonly StepDefinition _definition;
    private StepJob _step;

    // If a factor exceeds its bound, a sum could overflow: nothing is changed, and StepDefinition repeats the step and names the tensor.
    private volatile bool _mayOverflow;
    private int _computing;

    /// <summary>Allocates the memory of all members.</summary>
    /// <param name="network">The network.</param>
    /// <param name="work">What is done with samples.</param>
    /// <param name="optimizer">How a step changes the weights.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="plan">Members, leaves, kernels.</param>
    /// <param name="definition">Repeats a step in which a sum might overflow.</param>
    public OwnedRowExchange(Network network, SampleWork work, IOptimizer optimizer, AlignedBuffer weights, PipelinePlan plan, StepDefinition definition)
    {
        Layout = network.Layout;
        _work = work;
        _optimizer = optimizer;
        _weights = weights;
        _kernels = plan.Kernels;
        _definition = definition;
        int members = plan.Threads;
        _workspace = new Workspace(network, plan.BatchCapacity, plan.Kernels, members);
        _divisions = [.. _workspace.Layers.Select((layer, s) => layer is Dense dense ? new DenseDivision(_workspace, s, dense, plan) : null)];
        _joined = [.. JoinedRanges(network.Layout, _divisions)];
        int joinedLength = _joined.Select(range => range.Start + range.Length).DefaultIfEmpty().Max();
        _shards = [.. Enumerable.Range(0, members).Select(member => new Shard(member, members, plan.Leaves, joinedLength) { MeetsAtBarrier = true })];
        _tree = new GradientTree(_shards.SelectMany(shard => shard.Gradients), plan.Leaves, plan.Kernels);
        _edges = new int[plan.Leaves + 1];
        _barrier = new MemberBarrier(members);

        // With few samples the gradients of some rows stay in the first-level cache; with many, all rows are computed in one walk over the samples.
        int rows = _divisions.Select(division => division is null ? 0 : RowsOf(division) * division.Layer.Weight.RowStride).DefaultIfEmpty().Max();
        int units = _divisions.Select(division => division?.Layer.Output.Stride ?? 0).DefaultIfEmpty().Max();
        _rows = [.. _shards.Select(_ => new AlignedBuffer(rows + units))];
        int RowsOf(DenseDivision division) => plan.BatchSize <= FewSamples ? RowBlock : division.Units.Max(run => run.Count);
    }

    /// <inheritdoc/>
    public ParameterLayout Layout { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Shard> Shards => _shards;

    /// <inheritdoc/>
    public int Begin(StepJob step)
    {
        _computing = _shards.Length;
        _step = step;
        _mayOverflow = false;
        LeafCut cut = new(step.Batch.Count, _edges.Length - 1);
        for (int leaf = 0; leaf < _edges.Length; leaf++)
        {
            _edges[leaf] = cut.Start(leaf);
        }

        foreach (Shard shard in _shards)
        {
            shard.Begin(step);
        }

        return 1;
    }

    /// <inheritdoc/>
    public bool Compute(Shard shard, StageLane lane)
    {
        try
        {
            SampleRun own = _work.Run(shard, shard.FirstSample, shard.Worker);
            if (!own.IsTraining)
            {
                for (int s = 0; s < _workspace.Layers.Count; s++)
                {
                    _workspace.Forward(s, own);
                }

                _work.Evaluate(own, _step.Batch, shard.FirstSample, _workspace);
                return IsLast(shard);
            }

            SampleRun all = _work.Run(_step, 0, _step.Batch.Count, member: shard.Worker);
            Forward(own, all, shard, lane);
            bool isSafe = _work.Evaluate(own, _step.Batch, shard.FirstSample, _workspace);
            isSafe &= Backward(own, all, shard, lane);
            if (!isSafe)
            {
                _mayOverflow = true;
            }

            Meet(shard, lane);
            if (!_mayOverflow)
            {
                Update(all);
            }

            return IsLast(shard);
        }
        catch (Exception)
        {
            _barrier.Abort();
            throw;
        }
    }

    /// <inheritdoc/>
    public int Finish()
    {
        if (_mayOverflow)
        {
            return _definition.Run(_step);
        }

        _work.TakeStatistics(_step);
        return -1;
    }

    /// <inheritdoc/>
    public void Abort() => _barrier.Abort();

    private bool IsLast(Shard shard)
    {
        shard.IsWaiting = true;
        return Interlocked.Decrement(ref _computing) == 0;
    }

    private void Meet(Shard shard, StageLane lane)
    {
        if (_shards.Length > 1)
        {
            lane.Pause();
            shard.IsWaiting = true;
            _barrier.Wait();
            shard.IsWaiting = false;
            lane.Resume();
        }
    }

    /// <summary>The ranges of trained weights that belong to no dense layer.</summary>
    private static IEnumerable<(int Start, int Length)> JoinedRanges(ParameterLayout layout, IReadOnlyList<DenseDivision?> divisions)
    {
        HashSet<Parameter?> owned = [.. divisions.SelectMany(division => division is null ? [] : new[] { division.Layer.Weight, division.Layer.Bias })];
        int start = 0, end = 0;
        foreach (Parameter parameter in layout.Parameters.Where(parameter => parameter.IsTrained && !owned.Contains(parameter)).OrderBy(parameter => parameter.Offset))
        {
            if (parameter.Offset != end && end > start)
            {
                yield return (start, end - start);
            }

            start = parameter.Offset == end && end > start ? start : parameter.Offset;
            end = parameter.Offset + parameter.Length;
        }

        if (end > start)
        {
            yield return (start, end - start);
        }
    }
}
