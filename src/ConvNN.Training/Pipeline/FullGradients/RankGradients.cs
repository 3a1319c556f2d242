using System.Runtime.InteropServices;
using ConvNN.Kernels;
using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Networks;
using ConvNN.Model.Parameters;
using ConvNN.Model.Samples;
using ConvNN.Training.Cluster;

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
    private readonly RankGroup _group;
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
    private readonly int[] _lengths;
    private readonly int[] _wish = new int[1];
    private byte[] _gathered = [];

    /// <summary>Allocates the memory of the exchange.</summary>
    /// <param name="group">The ranks.</param>
    /// <param name="network">The network.</param>
    /// <param name="work">Has the statistics of leaves.</param>
    /// <param name="shards">The shards of this rank.</param>
    /// <param name="plan">Leaves and kernels.</param>
    public RankGradients(RankGroup group, Network network, SampleWork work, IReadOnlyList<Shard> shards, PipelinePlan plan)
    {
        _group = group;
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
        _lengths = new int[group.Size];
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

        int whole = 0;
        for (int rank = 0; rank < _group.Size; rank++)
        {
            _lengths[rank] = LengthOf(step, rank);
            whole += _lengths[rank];
        }

        if (_gathered.Length < whole)
        {
            _gathered = GC.AllocateUninitializedArray<byte>(whole, pinned: true);
        }

        Copy(step, isPacking: true);
        _group.Communicator.Gather(_gathered.AsSpan(0, whole), _lengths);
        _group.Agree(Copy(step, isPacking: false));
    }

    /// <summary>Sends the sums of this rank's leaves, and computes the mean of its slice.</summary>
    private void SumOwnSlice(StepJob step)
    {
        LeafCut cut = new(step.Batch.Count, _statistics.Leaves);
        _group.Communicator.Exchange(MemoryMarshal.AsBytes(OwnSums()), _sentLengths, MemoryMarshal.AsBytes(_received.Span), _receivedLengths);
        foreach (SubtreeGradient term in _terms)
        {
            term.Cut(cut, cut.Start(term.Lo));
        }

        (int start, int length) = _slices[_group.Rank];
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

    /// <summary>Copies this rank's part of a step into the message, or those of the others out of it.</summary>
    /// <returns>Whether a rank wants to stop.</returns>
    private bool Copy(StepJob step, bool isPacking)
    {
        bool stops = false;
        Span<byte> message = _gathered;
        for (int rank = 0; rank < _group.Size; rank++)
        {
            Span<byte> own = message[.._lengths[rank]];
            message = message[own.Length..];
            if (isPacking && rank != _group.Rank)
            {
                continue;
            }

            _wish[0] = isPacking && _group.WantsStop ? 1 : 0;
            Copy(MemoryMarshal.AsBytes(_wish.AsSpan()), ref own, isPacking);
            stops |= _wish[0] != 0;
            (int first, int count) = SamplesOf(step, rank);
            Copy(MemoryMarshal.AsBytes(step.Batch.Losses.AsSpan(first, count)), ref own, isPacking);
            Copy(MemoryMarshal.AsBytes(step.Batch.Predictions.AsSpan(first, count)), ref own, isPacking);
            if (!step.Source.IsTraining)
            {
                Copy(MemoryMarshal.AsBytes(step.Batch.Ranks.AsSpan(first, count)), ref own, isPacking);
                continue;
            }

            Copy(MemoryMarshal.AsBytes(_mean.Span.Slice(_slices[rank].Start, _slices[rank].Length)), ref own, isPacking);
            for (int leaf = _leaves[rank].Lo; leaf < _leaves[rank].Hi; leaf++)
            {
                Copy(MemoryMarshal.AsBytes(_statistics.Of(leaf)), ref own, isPacking);
            }
        }

        return stops;
    }

    private static void Copy(Span<byte> values, ref Span<byte> message, bool isPacking)
    {
        Span<byte> part = message[..values.Length];
        message = message[values.Length..];
        if (isPacking)
        {
            values.CopyTo(part);
        }
        else
        {
            part.CopyTo(values);
        }
    }

    /// <summary>The bytes that <see cref="Copy(StepJob, bool)"/> writes for a rank.</summary>
    private int LengthOf(StepJob step, int rank)
    {
        int samples = SamplesOf(step, rank).Count;
        int training = (_slices[rank].Length * sizeof(float)) + ((_leaves[rank].Hi - _leaves[rank].Lo) * MemoryMarshal.AsBytes(_statistics.Of(0)).Length);
        return sizeof(int) + (samples * (sizeof(float) + sizeof(int))) + (step.Source.IsTraining ? training : samples * sizeof(int));
    }

    private (int First, int Count) SamplesOf(StepJob step, int rank)
    {
        (LeafCut cut, int lo, int hi) = step.Source.IsTraining
            ? (new LeafCut(step.Batch.Count, _statistics.Leaves), _leaves[rank].Lo, _leaves[rank].Hi)
            : (new LeafCut(step.Batch.Count, _group.Size), rank, rank + 1);
        return (cut.Start(lo), cut.Start(hi) - cut.Start(lo));
    }

    /// <summary>The slice of the parameters that a rank owns, in whole vectors.</summary>
    private static (int Start, int Length) SliceOf(int rank, int ranks, int length)
    {
        LeafCut cut = new(Lanes.RoundUp(length) / Lanes.Count, ranks);
        int start = cut.Start(rank) * Lanes.Count;
        return (start, Math.Min(cut.Start(rank + 1) * Lanes.Count, length) - start);
    }
}
