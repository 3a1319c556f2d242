using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Optimizers;

/// <summary>
/// Optimizer steps, one element after another: a step can be split anywhere. Every implementation gives the bits of
/// <see cref="KernelTier.Reference"/>.
/// </summary>
public abstract class OptimizerKernels
{
    /// <summary>Applies one step of an optimizer.</summary>
    /// <param name="update">The step; its state is changed in place.</param>
    /// <param name="weights">w; changed in place.</param>
    /// <param name="gradients">g.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Apply(in WeightUpdate update, Span<float> weights, ReadOnlySpan<float> gradients)
    {
        KernelGuard.SameLength(weights, gradients);
        update.Check(weights);
        ApplyCore(update, weights, gradients);
    }

    /// <summary>A moving average, <c>a ← a + share · (w − a)</c>.</summary>
    /// <param name="average">a; changed in place.</param>
    /// <param name="weights">w.</param>
    /// <param name="share">The share of w in the result, from 0 to 1.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Average(Span<float> average, ReadOnlySpan<float> weights, float share)
    {
        KernelGuard.SameLength(average, weights);
        AverageCore(average, weights, share);
    }

    /// <summary>Clamps every element to the range from −<paramref name="limit"/> to <paramref name="limit"/>.</summary>
    /// <param name="values">The elements, finite; changed in place.</param>
    /// <param name="limit">The limit, above 0.</param>
    public abstract void Clamp(Span<float> values, float limit);

    private protected abstract void ApplyCore(in WeightUpdate update, Span<float> weights, ReadOnlySpan<float> gradients);

    private protected abstract void AverageCore(Span<float> average, ReadOnlySpan<float> weights, float share);
}
