using ConvNN.Kernels;
using ConvNN.Kernels.Dense;
using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Model.Parameters;
using ConvNN.Model.Samples;
using ConvNN.Training.Cluster;

namespace ConvNN.Training.Pipeline.OwnFeatures;

/// <summary>
/// A first layer whose channels have owners, and the dense layer behind it, of whose inputs each member owns those that its
/// channels become. From the images to its partial sums of the dense layer, and from their gradients back to its weights, a
/// member needs nothing of another member.
/// </summary>
/// <remarks>Splitting a layer over workers instead of samples: Krizhevsky 2014, arXiv:1404.5997.</remarks>
internal sealed class FeatureDivision
{
    private readonly Workspace _workspace;
    private readonly SampleWork _work;
    private readonly IChannelLayer _first;
    private readonly Dense _dense;
    private readonly KernelSet _kernels;
    private readonly ChannelRun[] _channels;
    private readonly InputRun[] _inputs;
    private readonly SubtreeGradient[][] _partials;
    private readonly GradientTree _sums;
    private readonly SubtreeGradient[] _gradients;
    private readonly GradientTree _tree;
    private readonly (int Start, int Length)[][] _parameters;
    private readonly RankPlace _place;
    private readonly SubtreeGradient[][] _nodes;
    private readonly MemberWeights _weights;
    private LeafCut _cut;

    /// <summary>Divides the two layers.</summary>
    /// <param name="workspace">The workspace of all members.</param>
    /// <param name="work">What is done with samples.</param>
    /// <param name="index">The first layer's index in the workspace; the dense layer has the next.</param>
    /// <param name="weights">All weights.</param>
    /// <param name="plan">Members, leaves, kernels.</param>
    public FeatureDivision(Workspace workspace, SampleWork work, int index, AlignedBuffer weights, PipelinePlan plan)
    {
        Index = index;
        _workspace = workspace;
        _work = work;
        _kernels = plan.Kernels;
        _first = (IChannelLayer)workspace.Layers[index];
        _dense = (Dense)workspace.Layers[index + 1];
        int members = plan.Threads, leaves = _dense.InputLeaves;
        _place = plan.Ranks;
        _inputs = [.. Enumerable.Range(0, members).Select(member => _dense.InputsOf(Begin(member), Begin(member + 1)))];
        _channels = [.. _inputs.Select(ChannelsOf)];
        _parameters = [.. _channels.Select(run => _first.ParametersOf(run).ToArray())];
        Parameter rows = _dense.Weight;
        _weights = new MemberWeights(
            weights,
            [.. _inputs.Select((run, member) => _parameters[member].Concat(Enumerable.Range(0, rows.Rows).Select(unit => (rows.Offset + (unit * rows.RowStride) + run.First, run.Count))).ToArray())],
            Math.Max(rows.Offset + rows.Length, _first.Parameters.Max(parameter => parameter.Offset + parameter.Length)));

        // The leftmost subtree is summed directly into the outputs, where joining leaves the whole sum.
        _partials =
        [
            .. Enumerable.Range(0, members).Select(member => SumTree.Cover(leaves, Begin(member), Begin(member + 1)).Select(node => new SubtreeGradient(
                node.Lo, node.Hi, node.Lo == 0 ? workspace.OutputBuffer(index + 1) : new AlignedBuffer(workspace.Capacity * _dense.Output.Stride))).ToArray()),
        ];
        IEnumerable<SubtreeGradient> own = _partials.SelectMany(partials => partials);
        _nodes = [.. Enumerable.Range(0, _place.Count).Select(rank => Shard.Cover(rank, _place.Count, leaves).Select(node => rank == _place.Rank
            ? new SubtreeGradient(node.Lo, node.Hi, 0)
            : new SubtreeGradient(node.Lo, node.Hi, node.Lo == 0 ? workspace.OutputBuffer(index + 1) : new AlignedBuffer(workspace.Capacity * _dense.Output.Stride))).ToArray())];
        SubtreeGradient[] all = [.. own, .. _nodes.Index().Where(rank => rank.Index != _place.Rank).SelectMany(rank => rank.Item)];
        foreach (SubtreeGradient partial in all)
        {
            partial.Cut(new LeafCut(leaves, leaves), firstSample: 0);
        }

        _sums = new GradientTree(all, leaves, plan.Kernels);
        int length = _first.Parameters.Max(parameter => parameter.Offset + parameter.Length);
        _gradients = [.. Chunks(0, plan.Leaves, plan).Select(node => new SubtreeGradient(node.Lo, node.Hi, length))];
        _tree = new GradientTree(_gradients, plan.Leaves, plan.Kernels);

        int Begin(int member)
        {
            (int lo, int hi) = Shard.LeavesOf(_place.Rank, _place.Count, leaves);
            return lo + (member * (hi - lo) / members);
        }
    }

    /// <summary>The first layer's index in the workspace.</summary>
    public int Index { get; }

    /// <summary>The parameters of the first layer.</summary>
    public IEnumerable<Parameter> Parameters => _first.Parameters;

    /// <summary>The inputs of the dense layer that a member owns.</summary>
    public InputRun InputsOf(int member) => _inputs[member];

    /// <summary>How many partial sums of each output a member hands to <see cref="Join"/>.</summary>
    public int SumsOf(int member) => _partials[member].Length;

    /// <summary>The ranges of the weights that a member owns in the first layer.</summary>
    public ReadOnlySpan<(int Start, int Length)> ParametersOf(int member) => _parameters[member];

    /// <summary>The inputs of the dense layer that a rank owns.</summary>
    public InputRun InputsOfRank(int rank)
    {
        (int lo, int hi) = Shard.LeavesOf(rank, _place.Count, _dense.InputLeaves);
        return _dense.InputsOf(lo, hi);
    }

    /// <summary>The ranges of the weights that a rank owns in the first layer.</summary>
    public IEnumerable<(int Start, int Length)> ParametersOfRank(int rank) => _first.ParametersOf(ChannelsOf(InputsOfRank(rank)));

    /// <summary>The sums over the features of a rank: of another one, with memory for what it sends.</summary>
    public IReadOnlyList<SubtreeGradient> NodesOf(int rank) => _nodes[rank];

    /// <summary>The values of one of this rank's own sums, joined from those of its members.</summary>
    /// <param name="node">The sum, one of <see cref="NodesOf"/>.</param>
    /// <param name="start">The first value.</param>
    /// <param name="length">How many.</param>
    public ReadOnlySpan<float> Sum(SubtreeGradient node, int start, int length) => _sums.Join(node.Lo, node.Hi, start, length)!.Values.Slice(start, length);

    /// <summary>The weights of both layers that a member owns, and alone reads and changes during a pass.</summary>
    public AlignedBuffer WeightsOf(int member) => _weights.Of(member);

    /// <inheritdoc cref="MemberWeights.Gather"/>
    public void Gather() => _weights.Gather();

    /// <summary>Begins a training step.</summary>
    public void Begin(LeafCut cut)
    {
        _cut = cut;
        foreach (SubtreeGradient gradient in _gradients)
        {
            gradient.Cut(cut, cut.Start(gradient.Lo));
        }
    }

    /// <summary>From the images to a member's partial sums, for all samples.</summary>
    public void Forward(StepJob step, int member)
    {
        int stride = _dense.Output.Stride;
        for (int first = 0; first < step.Batch.Count; first += PipelinePlan.PartSamples)
        {
            SampleRun run = Run(step, first, Math.Min(PipelinePlan.PartSamples, step.Batch.Count - first), member);
            _first.Forward(_workspace.Input(Index, run), _workspace.Output(Index, run), _channels[member], _workspace.Context(Index, run));
            foreach (SubtreeGradient partial in _partials[member])
            {
                Span<float> sums = partial.Values.Slice(first * stride, run.Count * stride);
                _dense.PartialForward(_workspace.Output(Index, run), sums, _dense.InputsOf(partial.Lo, partial.Hi), _workspace.Context(Index + 1, run));
            }
        }
    }

    /// <summary>Joins the partial sums of all members to the dense layer's outputs, for some samples.</summary>
    public void Join(in SampleRun own)
    {
        int stride = _dense.Output.Stride;
        _sums.Sum(own.First * stride, own.Count * stride);
        _dense.AddBias(_workspace.Output(Index + 1, own), _workspace.Context(Index + 1, own));
    }

    /// <summary>From the gradients with respect to the dense layer's outputs to those of a member's parameters in the first layer, for all samples.</summary>
    /// <param name="step">The step.</param>
    /// <param name="member">The member.</param>
    /// <param name="bounds">The largest factor of a sum, and the largest sum, for which nothing can overflow.</param>
    /// <returns>Whether both are kept by the member's values.</returns>
    public bool Backward(StepJob step, int member, (float Factor, float Sum) bounds)
    {
        bool isSafe = true;
        InputRun inputs = _inputs[member];
        foreach (SubtreeGradient gradient in _gradients)
        {
            if (gradient.IsEmpty)
            {
                continue;
            }

            int first = _cut.Start(gradient.Lo);
            SampleRun run = Run(step, first, _cut.Start(gradient.Hi) - first, member);
            Span<float> x = _workspace.Output(Index, run), dx = _workspace.Gradient(Index, run);
            _dense.InputGradient(_workspace.Gradient(Index + 1, run), dx, inputs, _workspace.Context(Index + 1, run));
            _first.ParameterGradient(_workspace.Input(Index, run), dx, _channels[member], gradient, _workspace.Context(Index, run));
            for (int n = 0; n < run.Count; n++)
            {
                isSafe &= _kernels.Elementwise.IsWithin(x.Slice((n * _dense.Input.Stride) + inputs.First, inputs.Count), bounds.Factor);
            }

            foreach ((int start, int length) in ParametersOf(member))
            {
                isSafe &= _kernels.Elementwise.IsWithin(gradient.Values.Slice(start, length), bounds.Sum);
            }
        }

        return isSafe;
    }

    /// <summary>The sum over all samples of the gradients of some of a member's parameters in the first layer, after <see cref="Backward"/>.</summary>
    public Span<float> Gradient(int start, int length) => _tree.Sum(start, length).Values.Slice(start, length);

    private SampleRun Run(StepJob step, int first, int count, int member) => _work.Run(step, first, count, place: first, member) with { Weights = _weights.Of(member).Span };

    private ChannelRun ChannelsOf(InputRun inputs)
    {
        int values = _dense.Input.Count / _dense.Input.Maps;
        return new ChannelRun(inputs.First / values, inputs.Count / values);
    }

    /// <summary>Divides leaves into subtrees of at most <see cref="PipelinePlan.PartSamples"/> samples each, or of one leaf.</summary>
    private static IEnumerable<(int Lo, int Hi)> Chunks(int lo, int hi, PipelinePlan plan)
    {
        LeafCut cut = new(plan.BatchSize, plan.Leaves);
        if (hi - lo == 1 || cut.Start(hi) - cut.Start(lo) <= PipelinePlan.PartSamples)
        {
            return [(lo, hi)];
        }

        int middle = SumTree.Middle(lo, hi);
        return [.. Chunks(lo, middle, plan), .. Chunks(middle, hi, plan)];
    }
}
