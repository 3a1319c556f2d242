using System.Runtime.InteropServices;
using System.Text;
using ConvNN.Kernels;
using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Parameters;
using ConvNN.Training.Cluster;
using ConvNN.Training.Optimizers;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;
using ConvNN.Training.Pipeline.FullGradients;
using ConvNN.Training.Pipeline.Supervision;
using ConvNN.Training.Progress;

namespace ConvNN.Training;

/// <summary>
/// Local steps: each rank trains by itself on its share of every batch. After every H steps of an epoch, and at its end, the ranks average how
/// far they have moved their weights, and an outer optimizer, gradient descent with Nesterov momentum, takes the mean as its gradient
/// (DiLoCo, Douillard et al. 2023, arXiv:2311.08105).
/// </summary>
/// <remarks>
/// The optimizer's state and running statistics are averaged in the same exchange, without the outer optimizer, so that all ranks go on from the same
/// state: a checkpoint is that of rank 0, and a resume is exact. Each rank owns a slice of everything that is averaged, and adds the ranks' in the order of
/// <see cref="SumTree"/>, so that the bits depend on the number of ranks, but not on workers, vectors or time. Every rank counts once, also one whose
/// share of an epoch's last batch is smaller or empty.
/// </remarks>
internal sealed class LocalAveraging
{
    private const string MomentumKey = "outer_momentum";

    // What a rank tells of itself in an exchange: whether it wants to stop, bytes of its fault, samples, correct ones, sum of losses.
    private const int Facts = 5;

    private readonly RankGroup _group;
    private readonly LocalStepOptions _options;
    private readonly int _stepsPerEpoch;
    private readonly KernelSet _kernels;
    private readonly int _trained;
    private readonly AlignedBuffer _weights;
    private readonly AlignedBuffer _before;
    private readonly AlignedBuffer[] _inner;
    private readonly IOptimizer _outer;
    private readonly AlignedBuffer _all;
    private readonly AlignedBuffer _received;
    private readonly GradientTree _tree;
    private readonly (int Start, int Length) _own;
    private readonly int[] _lengths;
    private readonly int[] _ownLengths;
    private readonly double[] _facts;
    private readonly int[] _factLengths;
    private PassProgress _local = new();
    private (int Samples, int Correct) _told;

    /// <summary>Allocates the memory of the exchanges.</summary>
    /// <param name="group">The ranks.</param>
    /// <param name="training">Local steps and outer optimizer; the batch, of which each rank must have a sample.</param>
    /// <param name="kernels">The kernels of the run.</param>
    /// <param name="layout">The layout of the weights.</param>
    /// <param name="weights">The weights, which this rank's steps change.</param>
    /// <param name="inner">What changes them in a step.</param>
    /// <param name="stepsPerEpoch">Batches of an epoch.</param>
    /// <exception cref="ClusterException">There are more ranks than images of a batch.</exception>
    public LocalAveraging(
        RankGroup group, TrainingOptions training, KernelSet kernels, ParameterLayout layout, AlignedBuffer weights, IOptimizer inner, int stepsPerEpoch)
    {
        if (training.BatchSize < group.Size)
        {
            throw new ClusterException(
                $"Training:BatchSize is {training.BatchSize}, but with Cluster:LocalSteps each of {group.Size} ranks needs an image of each batch; use a larger batch or fewer ranks.")
            { IsShared = true };
        }

        (_group, _options, _kernels, _weights, _stepsPerEpoch) = (group, training.Local, kernels, weights, stepsPerEpoch);
        _trained = layout.TrainedLength;
        _before = new AlignedBuffer(weights.Length);
        _inner = [.. inner.State.OrderBy(named => named.Key, StringComparer.Ordinal).Select(named => named.Value)];
        _outer = new NesterovOptions { Momentum = _options.OuterMomentum }.Create(kernels, _trained);

        int length = Lanes.RoundUp(weights.Length + _inner.Sum(state => state.Length));
        (int Start, int Length)[] slices = [.. Enumerable.Range(0, group.Size).Select(rank => RankGradients.SliceOf(rank, group.Size, length))];
        _own = slices[group.Rank];
        _all = new AlignedBuffer(length);
        _received = new AlignedBuffer(group.Size * _own.Length);
        SubtreeGradient[] terms = [.. slices.Select((_, rank) => new SubtreeGradient(rank, rank + 1, _received.Slice(rank * _own.Length, _own.Length)))];
        Array.ForEach(terms, term => term.Cut(new LeafCut(group.Size, group.Size), firstSample: 0));
        _tree = new GradientTree(terms, group.Size, kernels);
        _lengths = [.. slices.Select(slice => slice.Length * sizeof(float))];
        _ownLengths = [.. slices.Select(_ => _own.Length * sizeof(float))];
        _facts = new double[group.Size * Facts];
        _factLengths = [.. slices.Select(_ => Facts * sizeof(double))];
    }

    /// <summary>The progress of the epoch over all ranks, as of their last exchange.</summary>
    public PassProgress Progress { get; } = new();

    /// <summary>The momentum of the outer optimizer, by name; part of a checkpoint.</summary>
    public IReadOnlyDictionary<string, AlignedBuffer> State => new Dictionary<string, AlignedBuffer> { [MomentumKey] = _outer.State.Values.Single() };

    /// <summary>Whether the ranks have agreed that one of them has diverged.</summary>
    public bool HasDiverged { get; private set; }

    /// <summary>Begins with the weights as they are now, equal on all ranks.</summary>
    public void Begin() => _weights.Span.CopyTo(_before.Span);

    /// <summary>Begins an epoch, or what is left of it.</summary>
    /// <param name="begun">Its progress, over all ranks.</param>
    /// <param name="local">Counts this rank's own samples; begins with <see cref="Own"/>.</param>
    public void BeginEpoch(EpochProgress begun, PassProgress local)
    {
        Progress.Begin(begun);
        _local = local;
        _told = default;
    }

    /// <summary>Where the counts of this rank's own samples begin, in an epoch that has begun.</summary>
    /// <param name="begun">The epoch's progress, over all ranks.</param>
    public static EpochProgress Own(EpochProgress begun) => default(EpochProgress) with { Steps = begun.Steps };

    /// <summary>Exchanges if the ranks do so after this step. Called between two steps.</summary>
    /// <param name="gather">Brings all of this rank's weights together first.</param>
    /// <returns>Whether they have.</returns>
    /// <exception cref="ClusterException">Ranks do not answer.</exception>
    /// <exception cref="DivergenceException">A rank has diverged.</exception>
    public bool AfterStep(Action gather)
    {
        long step = _local.Steps;
        bool isDue = step % _options.LocalSteps!.Value == 0 && step < _stepsPerEpoch;
        if (isDue)
        {
            gather();
            Exchange(step);
        }

        return isDue;
    }

    /// <summary>Exchanges what was learnt since the last exchange, unless the ranks have agreed to stop.</summary>
    /// <param name="own">The result of this rank's own steps.</param>
    /// <param name="steps">The step of the epoch that it ends with; before the last one, figures are exchanged and no weights.</param>
    /// <returns>The result over all ranks.</returns>
    /// <exception cref="ClusterException">Ranks do not answer.</exception>
    /// <exception cref="DivergenceException">A rank has diverged.</exception>
    public PassResult EndEpoch(PassResult own, long steps)
    {
        if (Progress.Steps < steps && !_group.Stopped.IsCancellationRequested)
        {
            if (steps == _stepsPerEpoch)
            {
                Exchange(steps);
            }
            else
            {
                Progress.Begin(Meet(fault: []) with { Steps = steps });
            }
        }

        return own with { Samples = Progress.Samples, Correct = Progress.Correct, LossSum = Progress.LossSum, IsComplete = Progress.Steps == _stepsPerEpoch };
    }

    /// <summary>Tells all ranks in the next exchange that this one has diverged; they all throw the same.</summary>
    /// <param name="fault">What has happened here.</param>
    /// <exception cref="ClusterException">Ranks do not answer.</exception>
    /// <exception cref="DivergenceException">Always.</exception>
    public void Report(DivergenceException fault) => Meet(Encoding.UTF8.GetBytes(fault.Message));

    private void Exchange(long step)
    {
        EpochProgress sum = Meet(fault: []) with { Steps = step };
        Average();
        Progress.Begin(sum);

        // Losses are added from 0 between two exchanges, so that a run that resumes here adds the same numbers.
        _told = (_local.Samples, _local.Correct);
        _local.Begin(new EpochProgress(_local.Steps, _told.Samples, _told.Correct, LossSum: 0, default));
        bool stops = false;
        for (int rank = 0; rank < _group.Size; rank++)
        {
            stops |= Of(rank)[0] != 0;
        }

        _group.Agree(stops);
    }

    /// <summary>Tells all ranks what this one has to say, and adds up their figures in the order of ranks.</summary>
    /// <param name="fault">Why this rank cannot go on, in UTF-8; empty if it can.</param>
    /// <returns>The epoch's progress over all ranks, but for its steps.</returns>
    private EpochProgress Meet(byte[] fault)
    {
        Span<double> own = Of(_group.Rank);
        own[0] = _group.WantsStop ? 1 : 0;
        own[1] = fault.Length;
        own[2] = _local.Samples - _told.Samples;
        own[3] = _local.Correct - _told.Correct;
        own[4] = _local.LossSum;
        _group.Communicator.Gather(MemoryMarshal.AsBytes(_facts.AsSpan()), _factLengths);

        int samples = Progress.Samples, correct = Progress.Correct;
        double lossSum = Progress.LossSum;
        bool hasFault = false;
        for (int rank = 0; rank < _group.Size; rank++)
        {
            Span<double> facts = Of(rank);
            hasFault |= facts[1] > 0;
            samples += (int)facts[2];
            correct += (int)facts[3];
            lossSum += facts[4];
        }

        return hasFault ? throw Diverged(fault) : new EpochProgress(0, samples, correct, lossSum, default);
    }

    private Span<double> Of(int rank) => _facts.AsSpan(rank * Facts, Facts);

    /// <summary>The fault of the first rank that has one, on all ranks; the weights become those of the last exchange.</summary>
    private DivergenceException Diverged(byte[] own)
    {
        HasDiverged = true;
        int[] lengths = [.. Enumerable.Range(0, _group.Size).Select(rank => (int)Of(rank)[1])];
        byte[] all = new byte[lengths.Sum()];
        own.CopyTo(all, lengths.Take(_group.Rank).Sum());
        _group.Communicator.Gather(all, lengths);
        _before.Span.CopyTo(_weights.Span);
        int first = Array.FindIndex(lengths, length => length > 0);
        string what = Encoding.UTF8.GetString(all, 0, lengths[first]);
        return new DivergenceException(what.Replace(DivergenceException.Kept, $"It was rank {first}; the weights are those of the last exchange.", StringComparison.Ordinal));
    }

    /// <summary>Averages over the ranks: how far the weights were moved, which the outer optimizer then applies; and everything else.</summary>
    private void Average()
    {
        Span<float> moved = _all.Span[.._trained], weights = _weights.Span[.._trained];
        _before.Span[.._trained].CopyTo(moved);
        _kernels.Elementwise.AddScaled(moved, -1, weights);
        CopyOthers(isPacking: true);

        Span<byte> all = MemoryMarshal.AsBytes(_all.Span);
        _group.Communicator.Exchange(all, _lengths, MemoryMarshal.AsBytes(_received.Span), _ownLengths);
        if (_own.Length > 0)
        {
            Span<float> mean = _all.Span.Slice(_own.Start, _own.Length);
            _tree.Sum(0, _own.Length).Values.CopyTo(mean);
            _kernels.Elementwise.Scale(mean, 1f / _group.Size);
        }

        _group.Communicator.Gather(all, _lengths);

        CopyOthers(isPacking: false);
        _before.Span[.._trained].CopyTo(weights);
        _outer.Step(weights, moved, start: 0, (float)_options.OuterRate, step: 1);
        Begin();
    }

    /// <summary>Copies what is averaged beside the trained weights, running statistics and the optimizer's state, into the message or out of it.</summary>
    private void CopyOthers(bool isPacking)
    {
        Span<float> message = _all.Span[_trained..];
        Copy(_weights.Span[_trained..], ref message, isPacking);
        foreach (AlignedBuffer state in _inner)
        {
            Copy(state.Span, ref message, isPacking);
        }
    }

    private static void Copy(Span<float> values, ref Span<float> message, bool isPacking)
    {
        Span<float> part = message[..values.Length];
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
}
