using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Optimizers;

/// <summary>
/// Optimizer steps. Element i of weights and state depends only on element i of the operands, so a step can be split anywhere.
/// Every implementation gives the bits of <see cref="KernelTier.Reference"/>.
/// </summary>
/// <remarks>
/// Coupled weight decay first computes <c>g ← λ · w + g</c> (rounded once); decoupled weight decay replaces w in the update by
/// <c>w · (1 − η·λ)</c>. Where weight, gradient and state are 0 they stay 0 if ε is above 0, so the padding of rows stays 0.
/// </remarks>
public abstract class OptimizerKernels
{
    /// <summary>A plain SGD step, <c>w ← w − η · g</c>.</summary>
    /// <param name="weights">w; changed in place.</param>
    /// <param name="gradients">g.</param>
    /// <param name="learningRate">η.</param>
    /// <param name="decay">The weight decay.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Descend(Span<float> weights, ReadOnlySpan<float> gradients, float learningRate, DecayFactors decay)
    {
        KernelGuard.SameLength(weights, gradients);
        DescendCore(weights, gradients, learningRate, decay);
    }

    /// <summary>
    /// An SGD step with momentum, <c>b ← μ · b + g</c>, <c>w ← w − η · b</c>. Nesterov momentum uses <c>μ · b + g</c> instead of b in
    /// the second formula.
    /// </summary>
    /// <param name="weights">w; changed in place.</param>
    /// <param name="gradients">g.</param>
    /// <param name="buffer">b; changed in place.</param>
    /// <param name="step">The parameters of the step.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Momentum(Span<float> weights, ReadOnlySpan<float> gradients, Span<float> buffer, in MomentumStep step)
    {
        KernelGuard.SameLength(weights, gradients);
        KernelGuard.SameLength<float>(weights, buffer);
        MomentumCore(weights, gradients, buffer, step);
    }

    /// <summary>
    /// An RMSProp step, <c>v ← α · v + (1 − α) · g²</c>, <c>w ← w − η · g / (√v + ε)</c>. The centred variant, with
    /// <c>m ← α · m + (1 − α) · g</c>, takes the root of <c>max(v − m², 0)</c>. With momentum, the update is
    /// <c>b ← μ · b + g / (√v + ε)</c>, <c>w ← w − η · b</c>.
    /// </summary>
    /// <param name="weights">w; changed in place.</param>
    /// <param name="gradients">g.</param>
    /// <param name="squares">v; changed in place.</param>
    /// <param name="means">m; changed in place. Empty if not centred.</param>
    /// <param name="buffer">b; changed in place. Empty without momentum.</param>
    /// <param name="step">The parameters of the step.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void RmsProp(
        Span<float> weights, ReadOnlySpan<float> gradients, Span<float> squares, Span<float> means, Span<float> buffer, in RmsPropStep step)
    {
        KernelGuard.SameLength(weights, gradients);
        KernelGuard.SameLength<float>(weights, squares);
        KernelGuard.SameLength<float>(weights, means.IsEmpty ? weights : means);
        KernelGuard.SameLength<float>(weights, buffer.IsEmpty ? weights : buffer);
        RmsPropCore(weights, gradients, squares, means, buffer, step);
    }

    /// <summary>
    /// An Adam step, <c>m ← β₁ · m + (1 − β₁) · g</c>, <c>v ← β₂ · v + (1 − β₂) · g²</c>,
    /// <c>w ← w − η / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε)</c>.
    /// </summary>
    /// <param name="weights">w; changed in place.</param>
    /// <param name="gradients">g.</param>
    /// <param name="means">m; changed in place.</param>
    /// <param name="squares">v; changed in place.</param>
    /// <param name="step">The parameters of the step.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Adam(Span<float> weights, ReadOnlySpan<float> gradients, Span<float> means, Span<float> squares, in AdamStep step)
    {
        KernelGuard.SameLength(weights, gradients);
        KernelGuard.SameLength<float>(weights, means);
        KernelGuard.SameLength<float>(weights, squares);
        AdamCore(weights, gradients, means, squares, step);
    }

    /// <summary>A Lion step, <c>w ← w − η · sign(β₁ · m + (1 − β₁) · g)</c>, then <c>m ← β₂ · m + (1 − β₂) · g</c>.</summary>
    /// <param name="weights">w; changed in place.</param>
    /// <param name="gradients">g.</param>
    /// <param name="means">m; changed in place.</param>
    /// <param name="step">The parameters of the step.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Lion(Span<float> weights, ReadOnlySpan<float> gradients, Span<float> means, in LionStep step)
    {
        KernelGuard.SameLength(weights, gradients);
        KernelGuard.SameLength<float>(weights, means);
        LionCore(weights, gradients, means, step);
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

    private protected abstract void DescendCore(Span<float> weights, ReadOnlySpan<float> gradients, float learningRate, DecayFactors decay);

    private protected abstract void MomentumCore(Span<float> weights, ReadOnlySpan<float> gradients, Span<float> buffer, in MomentumStep step);

    private protected abstract void RmsPropCore(
        Span<float> weights, ReadOnlySpan<float> gradients, Span<float> squares, Span<float> means, Span<float> buffer, in RmsPropStep step);

    private protected abstract void AdamCore(Span<float> weights, ReadOnlySpan<float> gradients, Span<float> means, Span<float> squares, in AdamStep step);

    private protected abstract void LionCore(Span<float> weights, ReadOnlySpan<float> gradients, Span<float> means, in LionStep step);

    private protected abstract void AverageCore(Span<float> average, ReadOnlySpan<float> weights, float share);
}
