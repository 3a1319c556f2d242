using ConvNN.Kernels.Functions;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Losses;

/// <summary>Softmax and its cross-entropy, one sample per call. Scalar on every tier: a sample has only a handful of classes.</summary>
public static class SoftmaxKernels
{
    /// <summary>
    /// <c>p[k] = exp(z[k] − max z) / Σ_j exp(z[j] − max z)</c>, with the sum in class order from +0 (PyTorch <c>softmax</c>).
    /// </summary>
    /// <param name="z">The logits of a sample; values up to ±1e30 give finite results.</param>
    /// <param name="p">The probabilities, of the same length; may be <paramref name="z"/> itself.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Forward(ReadOnlySpan<float> z, Span<float> p)
    {
        KernelGuard.SameLength<float>(z, p);
        if (z.IsEmpty)
        {
            return;
        }

        float max = z[ArgMax(z)];
        float sum = Exponentials(z, p, max);
        for (int k = 0; k < p.Length; k++)
        {
            p[k] /= sum;
        }
    }

    /// <summary>
    /// Cross-entropy of a sample, <c>log(Σ_k exp(z[k] − max z)) − (z[label] − max z)</c>, and its gradient
    /// <c>dz[k] = p[k] − [k = label]</c> (PyTorch <c>cross_entropy</c> of one sample).
    /// </summary>
    /// <param name="z">The logits of a sample.</param>
    /// <param name="label">The sample's class.</param>
    /// <param name="dz">Receives the gradient with respect to the logits; empty if not wanted.</param>
    /// <returns>The loss in nats.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="label"/> is not a class.</exception>
    public static float CrossEntropy(ReadOnlySpan<float> z, int label, Span<float> dz)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(label);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(label, z.Length);
        if (!dz.IsEmpty)
        {
            KernelGuard.SameLength<float>(z, dz);
        }

        float max = z[ArgMax(z)];
        float logit = z[label];
        float sum = Exponentials(z, dz, max);
        for (int k = 0; k < dz.Length; k++)
        {
            dz[k] = (dz[k] / sum) - (k == label ? 1f : 0f);
        }

        return Elementary.Log(sum) - (logit - max);
    }

    /// <summary>
    /// Cross-entropy with label smoothing: the target is 1 − ε + ε/K for the label and ε/K for the other K − 1 classes (Szegedy et
    /// al., arXiv:1512.00567; PyTorch <c>cross_entropy</c> with <c>label_smoothing</c>). The loss is the cross-entropy
    /// <c>+ ε · (z[label] − mean z)</c>, where the mean is summed in class order from +0. The gradient is that of the cross-entropy
    /// <c>− ε/K</c>, and <c>+ ε</c> for the label.
    /// </summary>
    /// <param name="z">The logits of a sample.</param>
    /// <param name="label">The sample's class.</param>
    /// <param name="smoothing">ε.</param>
    /// <param name="dz">Receives the gradient with respect to the logits; empty if not wanted.</param>
    /// <returns>The loss in nats.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="label"/> is not a class.</exception>
    public static float SmoothedCrossEntropy(ReadOnlySpan<float> z, int label, float smoothing, Span<float> dz)
    {
        float loss = CrossEntropy(z, label, dz);
        float share = smoothing / z.Length;
        for (int k = 0; k < dz.Length; k++)
        {
            dz[k] -= k == label ? share - smoothing : share;
        }

        float sum = 0f;
        foreach (float logit in z)
        {
            sum += logit;
        }

        return MathF.FusedMultiplyAdd(smoothing, z[label] - (sum / z.Length), loss);
    }

    /// <summary>Index of the largest value, the first if several are equal; a NaN counts as the largest.</summary>
    public static int ArgMax(ReadOnlySpan<float> z)
    {
        int best = 0;
        for (int k = 1; k < z.Length; k++)
        {
            if (z[k] > z[best] || (float.IsNaN(z[k]) && !float.IsNaN(z[best])))
            {
                best = k;
            }
        }

        return best;
    }

    private static float Exponentials(ReadOnlySpan<float> z, Span<float> target, float max)
    {
        float sum = 0f;
        for (int k = 0; k < z.Length; k++)
        {
            float exponential = Elementary.Exp(z[k] - max);
            sum += exponential;
            if (!target.IsEmpty)
            {
                target[k] = exponential;
            }
        }

        return sum;
    }
}
