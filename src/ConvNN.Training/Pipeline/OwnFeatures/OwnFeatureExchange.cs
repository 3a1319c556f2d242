using ConvNN.Kernels;
using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Model.Parameters;
using ConvNN.Model.Samples;
using ConvNN.Training.Cluster;
using ConvNN.Training.Optimizers;
using ConvNN.Training.Pipeline.Clocks;

namespace ConvNN.Training.Pipeline.OwnFeatures;

/// <summary>
/// The fast exchange: every weight has one owner, who sums its gradient over all samples and applies the optimizer at once, so
/// no gradient of a dense layer is handed over or even stored. A <see cref="DivisionPlan"/> says what each member computes.
/// </summary>
/// <remarks>
/// A step has a few phases. In each of them a member works alone, on its own features of all samples or on all features of its
/// own samples; members meet in between. Weights change in the last phase, after the check that every sum is finite; otherwise
/// <see cref="StepDefinition"/> repeats the step.
/// </remarks>
internal sealed partial class OwnFeatureExchange : IGradientExchange
{
    // Products of two factors within the bound are finite, and so are sums of 65,536 such products and a tree of such sums.
    private const float FactorBound = 1e15f;
    private const float SumBound = 1e36f;

    private readonly SampleWork _work;
    private readonly IOptimizer _optimizer;
    private readonly AlignedBuffer _weights;
    private readonly KernelSet _kernels;
    private readonly Workspace _workspace;
    private readonly Shard[] _shards;
    private readonly FeatureDivision? _features;
    private readonly LeafGradients? _leaves;
    private readonly RankFeatures? _ranks;
    private readonly OwnedWeights?[] _owned;
    private readonly (int Start, int Length)[] _joined;
    private readonly GradientTree _tree;
    private readonly MemberBarrier _barrier;
    private readonly int[] _edges;
    private readonly int[] _ended;
    private readonly StepDefinition _definition;
    private readonly IReadOnlyList<Phase> _phases;
    private StepJob _step;

    // If a factor exceeds its bound, a sum could overflow: nothing is changed, and StepDefinition repeats the step and names the tensor.
    private volatile bool _mayOverflow;

    // Written by the last member to finish a step, read by the others after it has released them.
    private bool _goesOn;

    /// <summary>Allocates the memory of all members.</summary>
    /// <param name="network">The network.</param>
    /// <param name="work">What is done with samples.</param>
    /// <param name="optimizer">How a step changes the weights.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="plan">Members, leaves, kernels, the division.</param>
    /// <param name="definition">Repeats a step in which a sum might overflow.</param>
    /// <param name="group">The ranks that share each batch; null for this process alone.</param>
    public OwnFeatureExchange(Network network, SampleWork work, IOptimizer optimizer, AlignedBuffer weights, PipelinePlan plan, StepDefinition definition, RankGroup? group = null)
    {
        Layout = network.Layout;
        _work = work;
        _optimizer = optimizer;
        _weights = weights;
        _kernels = plan.Kernels;
        _definition = definition;
        int members = plan.Threads;
        _workspace = new Workspace(network, plan.BatchCapacity, plan.Kernels, members);
        _features = plan.Division.FirstByChannels is { } first ? new FeatureDivision(_workspace, work, first, weights, plan) : null;
        _owned = [.. _workspace.Layers.Select((layer, s) => layer is Dense { IsTrained: true } dense ? new OwnedWeights(dense, s, members, s - 1 == _features?.Index ? _features : null, optimizer is GradientRecorder ? dense.Geometry(0).UnitBlock : 1) : null)];
        _joined = [.. JoinedRanges(network.Layout)];
        int joinedLength = _joined.Select(range => range.Start + range.Length).DefaultIfEmpty().Max();
        _leaves = plan.Division.SharesLeaves ? new LeafGradients(_workspace, work, plan, network.Layout, joinedLength) : null;
        _shards = [.. Enumerable.Range(0, members).Select(member => new Shard(member, members, plan.Leaves, _leaves is null ? joinedLength : null, _features is null ? plan.LeavesPerPart : null, plan.Ranks) { MeetsAtBarrier = true })];
        _ranks = plan.Ranks.Count == 1 ? null : new RankFeatures(group!, _workspace, work, _features!, _owned.OfType<OwnedWeights>().Where(owned => owned.Index > _features!.Index + 1), _joined, _shards, [weights, .. optimizer.State.OrderBy(named => named.Key, StringComparer.Ordinal).Select(named => named.Value)], plan);
        _tree = new GradientTree(_ranks?.Gradients ?? _leaves?.Gradients ?? _shards.SelectMany(shard => shard.Gradients), plan.Leaves, plan.Kernels);
        _edges = new int[plan.Leaves + 1];
        _barrier = new MemberBarrier(members);
        _ended = new int[members];
        _phases = Phases();
    }

    /// <inheritdoc/>
    public ParameterLayout Layout { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Shard> Shards => _shards;

    /// <summary>The phases of a training step. <see cref="PhaseTimer"/> runs them alone, for one member after another.</summary>
    internal IReadOnlyList<Phase> StepPhases => _phases;

    /// <inheritdoc/>
    public int Begin(StepJob step)
    {
        _step = step;
        _mayOverflow = false;
        LeafCut cut = new(step.Batch.Count, _edges.Length - 1);
        for (int leaf = 0; leaf < _edges.Length; leaf++)
        {
            _edges[leaf] = cut.Start(leaf);
        }

        _features?.Begin(cut);
        _leaves?.Begin(cut);
        _ranks?.Begin(step);
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
            if (_step.Source.IsTraining)
            {
                for (int p = 0; p < _phases.Count; p++)
                {
                    if (p > 0)
                    {
                        Meet(shard, lane, _phases[p - 1].Share);
                    }

                    _phases[p].Run(shard.Worker);
                }
            }
            else
            {
                Evaluate(shard.Worker);
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
    public bool GoesOn => true;

    /// <inheritdoc/>
    public void Release(bool goesOn)
    {
        _goesOn = goesOn;
        _barrier.Release();
    }

    /// <inheritdoc/>
    public bool AwaitEnd(Shard shard)
    {
        try
        {
            _barrier.Await(shard.Worker, _ended[shard.Worker]);
            return _goesOn;
        }
        catch (StepAbortedException)
        {
            // The failure of another worker has been reported or will be.
            return false;
        }
    }

    /// <inheritdoc/>
    public void Share()
    {
        // In training it has been shared between the phases.
        if (!_step.Source.IsTraining)
        {
            _ranks?.ShareResults();
        }
    }

    /// <inheritdoc/>
    public void Gather() => _features?.Gather();

    /// <inheritdoc/>
    public void Complete()
    {
        Gather();
        _ranks?.Complete();
    }

    /// <inheritdoc/>
    public int Finish()
    {
        if (_mayOverflow)
        {
            Complete();
            return _definition.Run(_step);
        }

        _work.TakeStatistics(_step);
        return -1;
    }

    /// <inheritdoc/>
    public void Abort() => _barrier.Abort();

    /// <summary>A member's part of an evaluation step, for which it needs no other.</summary>
    /// <param name="member">The member.</param>
    internal void Evaluate(int member)
    {
        Shard shard = _shards[member];
        if (shard.Count == 0)
        {
            return;
        }

        SampleRun own = _work.Run(shard, shard.FirstSample, shard.Worker);
        for (int s = 0; s < _workspace.Layers.Count; s++)
        {
            _workspace.Forward(s, own);
        }

        _work.Evaluate(own, _step.Batch, shard.FirstSample, _workspace);
    }

    private void NoteOverflow(bool isPossible)
    {
        if (isPossible)
        {
            _mayOverflow = true;
        }
    }

    private bool IsLast(Shard shard)
    {
        shard.IsWaiting = true;
        return _barrier.Arrive(shard.Worker, out _ended[shard.Worker]);
    }

    /// <summary>Waits for the other members. The last one to arrive exchanges with other ranks what they need.</summary>
    private void Meet(Shard shard, StageLane lane, Action? share)
    {
        if (_shards.Length > 1 || share is not null)
        {
            lane.Pause();
            shard.IsWaiting = true;
            if (_barrier.Arrive(shard.Worker, out int meeting))
            {
                share?.Invoke();
                _barrier.Release();
            }
            else
            {
                _barrier.Await(shard.Worker, meeting);
            }

            shard.IsWaiting = false;
            lane.Resume();
        }
    }

    /// <summary>The ranges of trained weights without a single owner: their gradients are summed by samples and joined.</summary>
    private IEnumerable<(int Start, int Length)> JoinedRanges(ParameterLayout layout)
    {
        HashSet<Parameter> owned = [.. _owned.SelectMany(weights => weights?.Parameters ?? []), .. _features?.Parameters ?? []];
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
