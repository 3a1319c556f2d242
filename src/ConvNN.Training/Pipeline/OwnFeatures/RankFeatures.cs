using System.Runtime.InteropServices;
using ConvNN.Kernels.Dense;
using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Model.Parameters;
using ConvNN.Model.Samples;
using ConvNN.Training.Cluster;
using ConvNN.Training.Pipeline.Ranks;

namespace ConvNN.Training.Pipeline.OwnFeatures;

/// <summary>
/// What travels between ranks that divide the first layers by features: partial sums of the samples of others; then, of its own samples, the
/// gradients of these sums and what the layers behind them had and gave; at last, whether a sum may have overflowed. No weights travel, but
/// at the end of a pass.
/// </summary>
/// <remarks>
/// A rank owns filters and the inputs of the dense layer that they become, with the optimizer's state for them. The layers behind the dense
/// one are small: every rank changes all of their weights, from the activations of all samples.
/// </remarks>
internal sealed class RankFeatures
{
    private readonly RankMessage _message;
    private readonly Workspace _workspace;
    private readonly SampleWork _work;
    private readonly FeatureDivision _features;
    private readonly int[] _indices;
    private readonly (int Start, int Length)[] _joined;
    private readonly GradientTree _local;
    private readonly SubtreeGradient[][] _gradients;
    private readonly AlignedBuffer[] _state;
    private readonly RankMessage.Parts _samples;
    private readonly RankMessage.Parts _results;
    private readonly RankMessage.Parts _flags;
    private readonly RankMessage.Parts _owned;
    private readonly int[] _sentLengths;
    private readonly int[] _receivedLengths;
    private float[] _sent = [];
    private float[] _received = [];
    private StepJob _step;
    private bool _stops;
    private bool _mayOverflow;

    /// <summary>Prepares the exchange.</summary>
    /// <param name="group">The ranks.</param>
    /// <param name="workspace">The workspace of this rank's members, with room for all samples.</param>
    /// <param name="work">Has the statistics of leaves.</param>
    /// <param name="features">The first layers.</param>
    /// <param name="behind">The layers behind them whose weights have owners.</param>
    /// <param name="joined">The ranges of the parameters without an owner.</param>
    /// <param name="shards">The shards of this rank.</param>
    /// <param name="state">The weights, and the buffers of the optimizer.</param>
    /// <param name="plan">Leaves and kernels.</param>
    public RankFeatures(
        RankGroup group, Workspace workspace, SampleWork work, FeatureDivision features, IEnumerable<OwnedWeights> behind, (int Start, int Length)[] joined, IReadOnlyList<Shard> shards, IEnumerable<AlignedBuffer> state, PipelinePlan plan)
    {
        _message = new RankMessage(group);
        _workspace = workspace;
        _work = work;
        _features = features;
        _indices = [.. behind.Select(weights => weights.Index)];
        _joined = joined;
        _local = new GradientTree(shards.SelectMany(shard => shard.Gradients), plan.Leaves, plan.Kernels);
        int length = joined.Select(range => range.Start + range.Length).DefaultIfEmpty().Max();
        _gradients = [.. Enumerable.Range(0, group.Size).Select(rank => Shard.Cover(rank, group.Size, plan.Leaves).Select(node => new SubtreeGradient(node.Lo, node.Hi, length)).ToArray())];
        _state = [.. state];
        (_samples, _results, _flags, _owned) = (AddSamples, AddResults, AddFlags, AddOwned);
        _sentLengths = new int[group.Size];
        _receivedLengths = new int[group.Size];
    }

    /// <summary>The sums of the gradients of all ranks, for the parameters without an owner.</summary>
    public IEnumerable<SubtreeGradient> Gradients => _gradients.SelectMany(gradients => gradients);

    private RankGroup Group => _message.Group;

    private int Leaves => _work.Statistics.Leaves;

    /// <summary>Begins a step.</summary>
    public void Begin(StepJob step)
    {
        _step = step;
        Group.OwnsParts |= step.Source.IsTraining;
        LeafCut cut = new(step.Batch.Count, Leaves);
        foreach (SubtreeGradient gradient in Gradients)
        {
            gradient.Cut(cut, cut.Start(gradient.Lo));
        }
    }

    /// <summary>Sends the partial sums over this rank's features for the samples of others, and receives those of its own samples.</summary>
    public void ShareSums()
    {
        int stride = _workspace.Layers[_features.Index + 1].Output.Stride;
        (int first, int count) = SamplesOf(Group.Rank);
        IReadOnlyList<SubtreeGradient> nodes = _features.NodesOf(Group.Rank);
        int sent = 0, received = 0;
        for (int rank = 0; rank < Group.Size; rank++)
        {
            bool isOther = rank != Group.Rank;
            int floats = isOther ? nodes.Count * SamplesOf(rank).Count * stride : 0;
            int others = isOther ? _features.NodesOf(rank).Count * count * stride : 0;
            (_sentLengths[rank], _receivedLengths[rank]) = (floats * sizeof(float), others * sizeof(float));
            (sent, received) = (sent + floats, received + others);
        }

        Ensure(ref _sent, sent);
        Ensure(ref _received, received);
        int next = 0;
        for (int rank = 0; rank < Group.Size; rank++)
        {
            (int begin, int samples) = SamplesOf(rank);
            for (int node = 0; node < nodes.Count && rank != Group.Rank; node++, next += samples * stride)
            {
                _features.Sum(nodes[node], begin * stride, samples * stride).CopyTo(_sent.AsSpan(next));
            }
        }

        Group.Communicator.Exchange(MemoryMarshal.AsBytes(_sent.AsSpan(0, sent)), _sentLengths, MemoryMarshal.AsBytes(_received.AsSpan(0, received)), _receivedLengths);
        next = 0;
        for (int rank = 0; rank < Group.Size; rank++)
        {
            for (int node = 0; rank != Group.Rank && node < _features.NodesOf(rank).Count; node++, next += count * stride)
            {
                _received.AsSpan(next, count * stride).CopyTo(_features.NodesOf(rank)[node].Values[(first * stride)..]);
            }
        }
    }

    /// <summary>Sends what the layers behind the features had and gave for this rank's samples, and receives it for those of others.</summary>
    /// <param name="mayOverflow">Whether a sum may have overflowed here.</param>
    /// <returns>Whether one may have on any rank.</returns>
    public bool ShareSamples(bool mayOverflow)
    {
        foreach (SubtreeGradient own in _gradients[Group.Rank])
        {
            foreach ((int start, int length) in _joined)
            {
                _local.Join(own.Lo, own.Hi, start, length)?.Values.Slice(start, length).CopyTo(own.Values[start..]);
            }
        }

        (_stops, _mayOverflow) = (Group.WantsStop, mayOverflow);
        _message.Gather(_samples);
        Group.Agree(_stops);
        return _mayOverflow;
    }

    /// <summary>Tells whether a sum may have overflowed on any rank.</summary>
    /// <param name="mayOverflow">Whether one may have here.</param>
    public bool ShareFlags(bool mayOverflow)
    {
        _mayOverflow = mayOverflow;
        _message.Gather(_flags);
        return _mayOverflow;
    }

    /// <summary>Tells the results of an evaluation step.</summary>
    public void ShareResults()
    {
        _stops = Group.WantsStop;
        _message.Gather(_results);
        Group.Agree(_stops);
    }

    /// <summary>Gives every rank all weights and the whole state of the optimizer.</summary>
    public void Complete()
    {
        if (Group.OwnsParts)
        {
            _message.Gather(_owned);
            Group.OwnsParts = false;
        }
    }

    private void AddSamples(int rank, ref RankPart part)
    {
        part.AddAny(ref _stops);
        part.AddAny(ref _mayOverflow);
        (int first, int count) = SamplesOf(rank);
        RankMessage.AddResults(_step, (first, count), ref part);
        SampleRun run = _work.Run(_step, first, count, place: first);
        part.Add(_workspace.Gradient(_features.Index + 1, run));
        foreach (int s in _indices)
        {
            part.Add(_workspace.Output(s - 1, run));
            part.Add(_workspace.Gradient(s, run));
        }

        foreach (SubtreeGradient gradient in _gradients[rank])
        {
            foreach ((int start, int length) in _joined)
            {
                part.Add(gradient.Values.Slice(start, length));
            }
        }

        (int lo, int hi) = Shard.LeavesOf(rank, Group.Size, Leaves);
        for (int leaf = lo; leaf < hi; leaf++)
        {
            part.Add(_work.Statistics.Of(leaf));
        }
    }

    private void AddResults(int rank, ref RankPart part)
    {
        part.AddAny(ref _stops);
        RankMessage.AddResults(_step, SamplesOf(rank), ref part);
    }

    private void AddFlags(int rank, ref RankPart part) => part.AddAny(ref _mayOverflow);

    private void AddOwned(int rank, ref RankPart part)
    {
        Dense dense = (Dense)_workspace.Layers[_features.Index + 1];
        InputRun inputs = _features.InputsOfRank(rank);
        foreach (AlignedBuffer values in _state)
        {
            foreach ((int start, int length) in _features.ParametersOfRank(rank))
            {
                part.Add(values.Span.Slice(start, length));
            }

            for (int unit = 0; unit < dense.Output.Count; unit++)
            {
                part.Add(values.Span.Slice(dense.Weight.Offset + (unit * dense.Weight.RowStride) + inputs.First, inputs.Count));
            }
        }
    }

    private (int First, int Count) SamplesOf(int rank) => _message.SamplesOf(_step, rank, Leaves);

    private static void Ensure(ref float[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = GC.AllocateUninitializedArray<float>(length, pinned: true);
        }
    }
}
