using System.Diagnostics;
using ConvNN.Kernels;
using ConvNN.Kernels.Sums;
using ConvNN.Model.Layers;
using ConvNN.Model.Losses;
using ConvNN.Model.Networks;
using ConvNN.Model.Parameters;
using ConvNN.Model.Samples;

namespace ConvNN.Model.Inspection;

/// <summary>
/// Runs training steps of a network on the calling thread, without a pipeline or an update, and times each layer. Forward,
/// loss and backward follow in their usual order, so each layer finds the caches in the same state as in a run.
/// </summary>
public sealed class LayerTimer
{
    private const int Parts = 3;

    private readonly Network _network;
    private readonly ILoss _loss;
    private readonly Workspace _workspace;
    private readonly SubtreeGradient _gradient;
    private readonly LeafStatistics _statistics;
    private readonly int _samples;
    private readonly long[] _ticks;

    /// <summary>Allocates the memory of one worker.</summary>
    /// <param name="network">The network.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="samples">N, the number of samples in a step.</param>
    /// <param name="leaves">P, the number of leaves in a step.</param>
    /// <param name="kernels">The kernels to run.</param>
    /// <param name="isFused">Whether layers are fused, as in a run; false to see what fusion saves.</param>
    public LayerTimer(Network network, ILoss loss, int samples, int leaves, KernelSet kernels, bool isFused = true)
    {
        _network = network;
        _loss = loss;
        _samples = samples;
        _workspace = isFused ? new Workspace(network, samples, kernels) : new Workspace(network.Layers, samples, kernels);
        _gradient = new SubtreeGradient(0, leaves, network.Layout.TrainedLength);
        _gradient.Cut(new LeafCut(samples, leaves), firstSample: 0);
        _statistics = new LeafStatistics(network.Layout, leaves);
        _ticks = new long[Parts * _workspace.Layers.Count];
    }

    /// <summary>Runs steps over the same samples.</summary>
    /// <param name="run">The N samples and the weights.</param>
    /// <param name="steps">Number of steps.</param>
    /// <returns>The mean time of each layer as executed, in order.</returns>
    /// <exception cref="ArgumentException">The number of samples is not N.</exception>
    public IReadOnlyList<LayerTiming> Measure(in SampleRun run, int steps)
    {
        if (run.Count != _samples)
        {
            throw new ArgumentException($"{_samples} samples are expected, found {run.Count}.", nameof(run));
        }

        SampleRun whole = run with { Leaves = new LeafRun { First = 0, Edges = _gradient.Edges, Statistics = _statistics } };
        Array.Clear(_ticks);
        for (int step = 0; step < steps; step++)
        {
            Forward(whole);
            _loss.Fill(_workspace, whole);
            Backward(whole);
        }

        return [.. _workspace.Layers.Select((_, s) => Timing(s, steps))];
    }

    private void Forward(in SampleRun run)
    {
        long before = Stopwatch.GetTimestamp();
        for (int s = 0; s < _workspace.Layers.Count; s++)
        {
            _workspace.Forward(s, run);
            before = Note(s, part: 0, before);
        }
    }

    private void Backward(in SampleRun run)
    {
        long before = Stopwatch.GetTimestamp();
        for (int s = _workspace.Layers.Count - 1; s >= _workspace.FirstTrained; s--)
        {
            if (_workspace.Layers[s].IsTrained)
            {
                _workspace.ParameterGradient(s, run, _gradient);
                before = Note(s, part: 1, before);
            }

            if (HasInputGradient(s))
            {
                _workspace.InputGradient(s, run);
                before = Note(s, part: 2, before);
            }
        }
    }

    private bool HasInputGradient(int layer) => layer > _workspace.FirstTrained;

    private long Note(int layer, int part, long before)
    {
        long now = Stopwatch.GetTimestamp();
        _ticks[(Parts * layer) + part] += now - before;
        return now;
    }

    private LayerTiming Timing(int layer, int steps)
    {
        Layer timed = _workspace.Layers[layer];
        return new LayerTiming(
            timed.Name,
            timed.GetType().Name.ToLowerInvariant(),
            _samples * timed.Operations,
            Seconds(0),
            timed.IsTrained ? Seconds(1) : null,
            HasInputGradient(layer) ? Seconds(2) : null);

        double Seconds(int part) => (double)_ticks[(Parts * layer) + part] / Stopwatch.Frequency / steps;
    }
}
