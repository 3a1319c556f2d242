using ConvNN.Data;
using ConvNN.Kernels.Sums;
using ConvNN.Training.Cluster;
using ConvNN.Training.Progress;

namespace ConvNN.Training.Pipeline;

/// <summary>The batches of one pass over a dataset: every sample once, in a given order.</summary>
public sealed class BatchSource : IBatchSource
{
    private readonly ImageDataset _dataset;
    private readonly int[] _order;
    private readonly int _batchSize;
    private int _next;
    private int _end;
    private int _stop;
    private RankPlace _place = RankPlace.Alone;

    private BatchSource(ImageDataset dataset, int[] order, int batchSize, int epoch, bool isTraining)
    {
        _dataset = dataset;
        _order = order;
        _batchSize = batchSize;
        _end = _stop = order.Length;
        Epoch = epoch;
        IsTraining = isTraining;
    }

    /// <inheritdoc/>
    public int Samples => _order.Length;

    /// <inheritdoc/>
    public bool IsTraining { get; }

    /// <inheritdoc/>
    public int Epoch { get; }

    /// <inheritdoc/>
    public ImageOutcomes? Outcomes { get; private init; }

    /// <summary>The batches of a training epoch, in an order drawn from seed and epoch.</summary>
    /// <param name="dataset">The training part.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="batchSize">Images in a step; the last step may have fewer.</param>
    /// <param name="first">Samples of the order that have been seen; the source begins after them.</param>
    /// <param name="end">One past the last sample of the order (exclusive); null for all of them.</param>
    /// <param name="place">The rank that trains by itself on its share of each batch; null for whole batches.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer samples than were seen, or than are to be seen.</exception>
    public static BatchSource Training(ImageDataset dataset, ulong seed, int epoch, int batchSize, int first = 0, int? end = null, RankPlace? place = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, end ?? dataset.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(end ?? dataset.Count, dataset.Count);
        int[] order = new int[dataset.Count];
        new EpochSampler(dataset.Count, seed).Shuffle(epoch, order);
        return new BatchSource(dataset, order, batchSize, epoch, isTraining: true)
        {
            _next = first,
            _end = end ?? dataset.Count,
            _stop = end ?? dataset.Count,
            _place = place ?? RankPlace.Alone,
        };
    }

    /// <summary>The batches of an evaluation, in the order of the dataset.</summary>
    /// <param name="dataset">The test part.</param>
    /// <param name="epoch">The epoch after which it runs.</param>
    /// <param name="batchSize">Images of a step; it changes no result.</param>
    /// <param name="outcomes">Receives the outcome of each image; null if nobody asks.</param>
    public static BatchSource Evaluation(ImageDataset dataset, int epoch, int batchSize, ImageOutcomes? outcomes = null) =>
        new(dataset, [.. Enumerable.Range(0, dataset.Count)], batchSize, epoch, isTraining: false) { Outcomes = outcomes };

    /// <summary>Whether batches are left for a further pass.</summary>
    public bool HasMore => _next < _end;

    /// <summary>Ends the next pass after some steps at the latest; the pass after it goes on from there.</summary>
    /// <param name="steps">The steps.</param>
    public void StopAfter(long steps) => _stop = (int)Math.Min(_end, _next + Math.Min(steps, _end) * _batchSize);

    /// <inheritdoc/>
    public bool TryFill(MiniBatch batch)
    {
        int count = Math.Min(_batchSize, _stop - _next), first = _next;
        LeafCut shares = new(count, _place.Count);
        (int start, int end) = (shares.Start(_place.Rank), shares.Start(_place.Rank + 1));
        _next += count;
        if (start == end)
        {
            // Of a rank, the share of an epoch's last batch may be empty.
            return false;
        }

        batch.Choose(_dataset, _order.AsSpan(first + start, end - start));
        return true;
    }
}
