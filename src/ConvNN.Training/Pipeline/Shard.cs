using ConvNN.Kernels.Sums;
using ConvNN.Model.Parameters;
using ConvNN.Training.Cluster;

namespace ConvNN.Training.Pipeline;

/// <summary>
/// One worker's part of a step: a run of neighbouring leaves of the batch, and the gradients of the subtrees that make
/// it up; or, if the workers share leaves, a run of samples. Each worker has one shard, which is reused in every step because a step
/// ends before the next begins.
/// </summary>
public sealed class Shard
{
    private readonly int _workers;
    private readonly int _leaves;
    private readonly RankPlace _place;
    private readonly ShardPart[] _parts;
    private readonly int[] _edges;

    /// <summary>Creates the shard of a worker.</summary>
    /// <param name="worker">The worker, from 0.</param>
    /// <param name="workers">The number of workers.</param>
    /// <param name="leaves">P, the leaves of a step.</param>
    /// <param name="gradientLength">Floats of a gradient; null if the workers share leaves.</param>
    /// <param name="leavesPerPart">The most leaves that are computed together; null for all.</param>
    /// <param name="place">The rank that the worker is of; null for a process that trains by itself.</param>
    public Shard(int worker, int workers, int leaves, int? gradientLength, int? leavesPerPart = null, RankPlace? place = null)
    {
        Worker = worker;
        _workers = workers;
        _leaves = leaves;
        _place = place ?? RankPlace.Alone;

        (Lo, Hi) = LeavesOf(worker, workers, leaves, place);
        _edges = new int[Hi - Lo + 1];
        int run = Hi - Lo, perPart = Math.Max(1, leavesPerPart ?? run);
        int parts = gradientLength is null ? 0 : Math.Max(1, (run + perPart - 1) / perPart);
        _parts = [.. Enumerable.Range(0, parts).Select(part => new ShardPart(Lo + (part * run / parts), Lo + ((part + 1) * run / parts), leaves, gradientLength!.Value))];
        Gradients = [.. _parts.SelectMany(part => part.Gradients)];
    }

    /// <summary>The worker whose shard it is, from 0.</summary>
    public int Worker { get; }

    /// <summary>The first leaf of the worker's run in training.</summary>
    public int Lo { get; }

    /// <summary>One past the last leaf (exclusive).</summary>
    public int Hi { get; }

    /// <summary>The sums that the worker hands to the reducer, in leaf order; none if the workers share leaves.</summary>
    public IReadOnlyList<SubtreeGradient> Gradients { get; }

    /// <summary>Its parts, one after the other; none if the workers share leaves.</summary>
    public IReadOnlyList<ShardPart> Parts => _parts;

    /// <summary>Leaf Lo + h holds the samples [Edges[h], Edges[h + 1]) of the shard, in training.</summary>
    public ReadOnlySpan<int> Edges => _edges;

    /// <summary>The step that it belongs to.</summary>
    public StepJob Step { get; private set; }

    /// <summary>The index of its first sample in the batch.</summary>
    public int FirstSample { get; private set; }

    /// <summary>The number of its samples; 0 if the batch is too small for the worker.</summary>
    public int Count { get; private set; }

    /// <summary>The most samples that the shard of any worker has, in a batch of at most so many.</summary>
    /// <param name="batchSize">Images of a whole batch.</param>
    /// <param name="leaves">P, the leaves of a step.</param>
    /// <param name="workers">The number of workers.</param>
    /// <param name="place">The rank that the workers are of; null for a process that trains by itself.</param>
    public static int MaxSamples(int batchSize, int leaves, int workers, RankPlace? place = null)
    {
        long leavesOfRun = Enumerable.Range(0, workers).Select(worker => LeavesOf(worker, workers, leaves, place)).Max(run => run.Hi - run.Lo);
        return (int)(((leavesOfRun * batchSize) + leaves - 1) / leaves);
    }

    /// <summary>The samples of each worker in a batch.</summary>
    /// <param name="batchSize">Images of the batch.</param>
    /// <param name="leaves">P, the leaves of a step.</param>
    /// <param name="workers">The number of workers.</param>
    /// <param name="place">The rank that the workers are of; null for a process that trains by itself.</param>
    public static IReadOnlyList<int> SamplesOfWorkers(int batchSize, int leaves, int workers, RankPlace? place = null)
    {
        LeafCut cut = new(batchSize, leaves);
        return [.. Enumerable.Range(0, workers).Select(worker => LeavesOf(worker, workers, leaves, place)).Select(run => cut.Start(run.Hi) - cut.Start(run.Lo))];
    }

    /// <summary>The run of leaves [Lo, Hi) that a worker computes. Workers beyond the number of leaves get none: they share leaves, or work in evaluations only.</summary>
    /// <param name="worker">The worker, from 0.</param>
    /// <param name="workers">The number of workers.</param>
    /// <param name="leaves">P, the leaves of a step.</param>
    /// <param name="place">The rank that the worker is of: ranks divide the leaves, and then the workers of each. Null for a process that trains by itself.</param>
    public static (int Lo, int Hi) LeavesOf(int worker, int workers, int leaves, RankPlace? place = null)
    {
        if (place is { } rank)
        {
            (int lo, int hi) = LeavesOf(rank.Rank, rank.Count, leaves);
            (int first, int end) = LeavesOf(worker, workers, hi - lo);
            return (lo + first, lo + end);
        }

        int sharing = Math.Max(1, Math.Min(workers, leaves));
        return (Math.Min(leaves, worker * leaves / sharing), Math.Min(leaves, (worker + 1) * leaves / sharing));
    }

    /// <summary>The subtrees of leaves that a worker sums.</summary>
    /// <param name="worker">The worker, from 0.</param>
    /// <param name="workers">The number of workers.</param>
    /// <param name="leaves">P, the leaves of a step.</param>
    /// <param name="place">The rank that the worker is of; null for a process that trains by itself.</param>
    public static IReadOnlyList<(int Lo, int Hi)> Cover(int worker, int workers, int leaves, RankPlace? place = null)
    {
        (int lo, int hi) = LeavesOf(worker, workers, leaves, place);
        return SumTree.Cover(leaves, lo, hi);
    }

    /// <summary>Assigns it the worker's part of a step.</summary>
    /// <param name="step">The step.</param>
    public void Begin(StepJob step)
    {
        Step = step;
        IsWaiting = false;
        int samples = step.Batch.Count;
        if (_parts.Length == 0 || !step.Source.IsTraining)
        {
            // It sums no gradients, so any cut gives the same result.
            LeafCut ranks = new(samples, _place.Count);
            int first = ranks.Start(_place.Rank);
            LeafCut even = new(ranks.Start(_place.Rank + 1) - first, _workers);
            FirstSample = first + even.Start(Worker);
            Count = first + even.Start(Worker + 1) - FirstSample;
            return;
        }

        LeafCut cut = new(samples, _leaves);
        FirstSample = cut.Start(Lo);
        Count = cut.Start(Hi) - FirstSample;
        for (int h = 0; h < _edges.Length; h++)
        {
            _edges[h] = cut.Start(Lo + h) - FirstSample;
        }

        foreach (ShardPart part in _parts)
        {
            part.Begin(cut);
        }
    }

    /// <summary>Whether its worker has work in the step.</summary>
    public bool IsNeeded => Count > 0 || MeetsAtBarrier;

    /// <summary>Whether it runs even without samples, because others wait for it: threads or ranks.</summary>
    internal bool MeetsAtBarrier { get; init; }

    /// <summary>Whether its worker is waiting for others.</summary>
    internal bool IsWaiting { get; set; }

    /// <summary>A short description for messages.</summary>
    public string Describe() => Step is { Source.IsTraining: true } && _parts.Length > 0
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"step {Step.Number}, leaves {Lo}–{Hi - 1}, samples {FirstSample}–{FirstSample + Count - 1}")
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(Step.Source?.IsTraining == true ? "" : "evaluation ")}step {Step.Number}, samples {FirstSample}–{FirstSample + Count - 1}");
}
