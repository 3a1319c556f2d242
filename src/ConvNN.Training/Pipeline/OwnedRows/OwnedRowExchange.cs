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
/// The fast way: activations and deltas of a step stand where all members reach them, and each row of dense weights has
/// one owner, who sums its gradient over all samples and applies the step at once. No gradient of a dense layer is
/// handed over, or even stored; those of the others, which are small, are joined as subtrees.
/// </summary>
/// <remarks>
/// A step is a few phases, in each of which a member works alone: by samples (its own, all units), or by units (its own,
/// all samples). Members meet where the kind changes. Weights change in the last phase, behind the check that every sum
/// is finite; a step that might not be is left to the definition, which finds the tensor.
/// </remarks>
internal sealed partial class OwnedRowExchange : IGradientExchange
{
    // Rows whose gradients fit the first cache, together with their weights, when the samples are few.
    private const int RowBlock = 8;

    // Units that kernels take together.
    private const int UnitGroup = 4;

    // Samples that are so few.
    private const int FewSamples = 32;

    // Products of two such factors stay finite, and so do sums of 65,536 of them, and of a tree of gradients.
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
        _divisions = [.. _workspace.Layers.Select((step, s) => step is Dense dense ? new DenseDivision(_workspace, s, dense, plan) : null)];
        _joined = [.. JoinedRanges(network.Layout, _divisions)];
        int joinedLength = _joined.Select(range => range.Start + range.Length).DefaultIfEmpty().Max();
        _shards = [.. Enumerable.Range(0, members).Select(member => new Shard(member, members, plan.Leaves, joinedLength) { MeetsAtBarrier = true })];
        _tree = new GradientTree(_shards.SelectMany(shard => shard.Gradients), plan.Leaves, plan.Kernels);
        _edges = new int[plan.Leaves + 1];
        _barrier = new MemberBarrier(members);

        // Few samples leave the gradients of some rows in the first cache; many need all rows to pay for walking the samples.
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

    /// <summary>The neighbouring floats of the trained part that no dense layer owns.</summary>
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
