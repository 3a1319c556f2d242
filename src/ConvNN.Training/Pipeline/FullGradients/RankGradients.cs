using System.Runtime.InteropServices;
using ConvNN.Kernels;
using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Networks;
using ConvNN.Model.Parameters;
using ConvNN.Model.Samples;
using ConvNN.Training.Cluster;
using ConvNN.Training.Pipeline.Ranks;

namespace ConvNN.Training.Pipeline.FullGradients;

/// <summary>
/// What the ranks of a job exchange in a step. Each sums the gradients of its leaves, and owns a slice of the parameters: it gets that
/// slice of every rank's subtrees, joins them as <see cref="SumTree"/> defines, and sends the mean to all. So no sum depends on the
/// number of ranks. Losses and predictions travel with the means.
/// </summary>
/// <remarks>
/// A rank sends and receives as many bytes as in a reduce-scatter and an all-gather (Thakur, Rabenseifner and Gropp, 2005,
/// doi:10.1177/1094342005051521). Every rank then applies the optimizer to all weights, so each has the whole state of the run.
/// </remarks>
internal sealed class RankGradients
{
    private readonly RankMessage _message;
    private readonly RankMessage.Parts _parts;
    private readonly LeafStatistics _statistics;
    private readonly KernelSet _kernels;
    private readonly (int Start, int Length)[] _slices;
    private readonly (int Lo, int Hi)[] _leaves;
    private readonly IReadOnlyList<(int Lo, int Hi)> _nodes;
    private readonly GradientTree _own;
    private readonly AlignedBuffer _sent;
    private readonly AlignedBuffer _received;
    private readonly SubtreeGradient[] _terms;
    private readonly GradientTree _tree;
    private readonly AlignedBuffer _mean;
    private readonly int[] _sentLengths;
    private readonly int[] _receivedLengths;
    private StepJob _step;
    private bool _stops;

    /// <summary>Allocates the memory of the exchange.</summary>
    /// <param name="group">The ranks.</param>
    /// <param name="network">The network.</param>
    /// <param name="work">Has the statistics of leaves.</param>
    /// <param name="shards">The shards of this rank.</param>
    /// <param name="plan">Leaves and kernels.</param>
    public RankGradients(RankGroup group, Network network, SampleWork work, IReadOnlyList<Shard> shards, PipelinePlan plan)
    {
        _message = new RankMessage(group);
        _parts = AddParts;
        _statistics = work.Statistics;
        _kernels = plan.Kernels;
        int length = network.Layout.TrainedLength;
        int[] ranks = [.. Enumerable.Range(0, group.Size)];
        _slices = [.. ranks.Select(rank => SliceOf(rank, group.Size, length))];
        _leaves = [.. ranks.Select(rank => Shard.LeavesOf(rank, group.Size, plan.Leaves))];
        IReadOnlyList<(int Lo, int Hi)>[] nodes = [.. ranks.Select(rank => Shard.Cover(rank, group.Size, plan.Leaves))];
        _nodes = nodes[group.Rank];
        _own = new GradientTree(shards.SelectMany(shard => shard.Gradients), plan.Leaves, plan.Kernels);
        _sent = new AlignedBuffer(_nodes.Count == 1 ? 0 : _nodes.Count * length);

        int slice = _slices[group.Rank].Length;
        _received = new AlignedBuffer(nodes.Sum(cover => cover.Count) * slice);
        _terms = [.. nodes.SelectMany(cover => cover).Index().Select(node => new SubtreeGradient(node.Item.Lo, node.Item.Hi, _received.Slice(node.Index * slice, slice)))];
        _tree = new GradientTree(_terms, plan.Leaves, plan.Kernels);
        _mean = new AlignedBuffer(length);
        _sentLengths = [.. ranks.Select(rank => _nodes.Count * _slices[rank].Length * sizeof(float))];
        _receivedLengths = [.. ranks.Select(rank => nodes[rank].Count * slice * sizeof(float))];
    }

    /// <summary>The mean gradient of the step, equal on all ranks, after <see cref="Share"/>.</summary>
    public Span<float> Mean => _mean.Span;

    /// <summary>Exchanges a step, after the shards of this rank are computed.</summary>
    /// <param name="step">The step; its batch receives losses and predictions of all samples.</param>
    /// <exception cref="ClusterException">Ranks do not answer.</exception>
    public void Share(StepJob step)
    {
        if (step.Source.IsTraining)
        {
            SumOwnSlice(step);
        }

        (_step, _stops) = (step, _message.Group.WantsStop);
        _message.Gather(_parts);
        _message.Group.Agree(_stops);
    }

    /// <summary>Sends the sums of this rank's leaves, and computes the mean of its slice.</summary>
    private void SumOwnSlice(StepJob step)
    {
        LeafCut cut = new(step.Batch.Count, _statistics.Leaves);
        _message.Group.Communicator.Exchange(MemoryMarshal.AsBytes(OwnSums()), _sentLengths, MemoryMarshal.AsBytes(_received.Span), _receivedLengths);
        foreach (SubtreeGradient term in _terms)
        {
            term.Cut(cut, cut.Start(term.Lo));
        }

        (int start, int length) = _slices[_message.Group.Rank];
        Span<float> mean = _mean.Span.Slice(start, length);
        _tree.Sum(0, length).Values.CopyTo(mean);
        _kernels.Elementwise.Scale(mean, 1f / step.Batch.Count);
    }

    /// <summary>The sums of this rank's subtrees: for each rank its slice of each. A single subtree has them in that order already.</summary>
    private ReadOnlySpan<float> OwnSums()
    {
        if (_nodes.Count == 1)
        {
            // Its leaves are empty if the batch is too small for this rank; then what it sends is not used.
            return (_own.Join(_nodes[0].Lo, _nodes[0].Hi, 0, _mean.Length) is { } sum ? sum.Values : _mean.Span)[.._mean.Length];
        }

        int next = 0;
        foreach ((int start, int length) in _slices)
        {
            foreach ((int lo, int hi) in _nodes)
            {
                _own.Join(lo, hi, start, length)?.Values.Slice(start, length).CopyTo(_sent.Span[next..]);
                next += length;
            }
        }

        return _sent.Span;
    }

    private void AddParts(int rank, ref RankPart part)
    {
        part.AddAny(ref _stops);
        RankMessage.AddResults(_step, _message.SamplesOf(_step, rank, _statistics.Leaves), ref part);
        if (_step.Source.IsTraining)
        {
            part.Add(_mean.Span.Slice(_slices[rank].Start, _slices[rank].Length));
            for (int leaf = _leaves[rank].Lo; leaf < _leaves[rank].Hi; leaf++)
            {
                part.Add(_statistics.Of(leaf));
            }
        }
    }

    /// <summary>The slice of the parameters that a rank owns, in whole vectors.</summary>
    internal static (int Start, int Length) SliceOf(int rank, int ranks, int length)
    {
        LeafCut cut = new(Lanes.RoundUp(length) / Lanes.Count, ranks);
        int start = cut.Start(rank) * Lanes.Count;
        return (start, Math.Min(cut.Start(rank + 1) * Lanes.Count, length) - start);
    }
}
