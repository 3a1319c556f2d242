using System.Globalization;
using ConvNN.Kernels;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Training.Optimizers;

/// <summary>
/// Lets an optimizer take one step for several batches, with the mean of their mean gradients, as PyTorch does when
/// <c>backward</c> of loss / n is called n times. Groups continue across the end of an epoch; batches after the last whole
/// group of a run change nothing.
/// </summary>
/// <param name="optimizer">What takes the mean; its steps are counted by groups.</param>
/// <param name="batches">n, batches of a group; at least 1.</param>
/// <param name="kernels">The kernels of the run.</param>
/// <param name="length">Floats of the trained part of the weights.</param>
public sealed class GradientAccumulation(IOptimizer optimizer, int batches, KernelSet kernels, int length) : IOptimizer
{
    private const string SumKey = "accumulated";

    private readonly AlignedBuffer _sum = new(length);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, AlignedBuffer> State => new Dictionary<string, AlignedBuffer>(optimizer.State) { [SumKey] = _sum };

    /// <summary>The step of the optimizer that a batch is part of, from 1.</summary>
    /// <param name="batch">The batch in the run, from 1.</param>
    /// <param name="batches">Batches of a group.</param>
    public static long StepOf(long batch, int batches) => (batch + batches - 1) / batches;

    /// <inheritdoc/>
    public void Step(Span<float> weights, ReadOnlySpan<float> gradients, int start, float learningRate, long step)
    {
        Span<float> sum = _sum.Span.Slice(start, weights.Length);
        kernels.Elementwise.AddScaled(sum, 1f / batches, gradients);
        if (step % batches == 0)
        {
            optimizer.Step(weights, sum, start, learningRate, StepOf(step, batches));
            sum.Clear();
        }
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{optimizer} every {batches} batches");
}
