using ConvNN.Kernels;
using ConvNN.Kernels.Optimizers;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Training.Optimizers;

/// <summary>
/// A moving average of the weights beside an optimizer, <c>a ← d · a + (1 − d) · w</c> after each step, with d the
/// smaller of the decay and (1 + t) / (10 + t) in step t, so that it soon forgets where the run began (Polyak and
/// Juditsky 1992; TensorFlow's <c>ExponentialMovingAverage</c> with <c>num_updates</c>).
/// </summary>
public sealed class WeightAverage : IOptimizer
{
    private const string AverageKey = "average";

    private readonly IOptimizer _optimizer;
    private readonly KernelSet _kernels;
    private readonly double _decay;

    /// <summary>Begins with the weights as they are.</summary>
    /// <param name="optimizer">What changes the weights.</param>
    /// <param name="kernels">The kernels of the run.</param>
    /// <param name="decay">d, in (0, 1).</param>
    /// <param name="weights">The trained part of the weights.</param>
    public WeightAverage(IOptimizer optimizer, KernelSet kernels, double decay, ReadOnlySpan<float> weights)
    {
        _optimizer = optimizer;
        _kernels = kernels;
        _decay = decay;
        Average = new AlignedBuffer(weights.Length);
        weights.CopyTo(Average.Span);
    }

    /// <summary>a, of the trained part's length.</summary>
    public AlignedBuffer Average { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, AlignedBuffer> State => new Dictionary<string, AlignedBuffer>(_optimizer.State) { [AverageKey] = Average };

    /// <inheritdoc/>
    public void Step(Span<float> weights, ReadOnlySpan<float> gradients, int start, float learningRate, long step)
    {
        _optimizer.Step(weights, gradients, start, learningRate, step);
        _kernels.Optimizer.Average(Average.Span.Slice(start, weights.Length), weights, Share(step));
    }

    /// <inheritdoc/>
    public bool TryUpdate(int start, int length, float learningRate, long step, out WeightUpdate update)
    {
        bool isKnown = _optimizer.TryUpdate(start, length, learningRate, step, out update);
        update = isKnown ? update.WithAverage(Average.Span.Slice(start, length), Share(step)) : default;
        return isKnown;
    }

    private float Share(long step) => (float)(1 - Math.Min(_decay, (1.0 + step) / (10.0 + step)));
}
