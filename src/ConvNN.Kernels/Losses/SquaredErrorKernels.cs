using ConvNN.Kernels.Functions;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Losses;

/// <summary>Mean squared error, one sample per call. Scalar on every tier: a sample has only a handful of classes.</summary>
public static class SquaredErrorKernels
{
    /// <summary>
    /// <c>Σ_k (y[k] − t[k])² / K</c>, where t is 1 for the label and 0 otherwise and the sum is a chain in class order from +0, and
    /// its gradient <c>dy[k] = (y[k] − t[k]) · 2/K</c> (PyTorch <c>mse_loss</c> of one sample and its one-hot label).
    /// </summary>
    /// <param name="y">The outputs of a sample, [K].</param>
    /// <param name="label">The sample's class.</param>
    /// <param name="dy">Receives the gradient with respect to the outputs; empty if not wanted.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="label"/> is not a class.</exception>
    public static float OfOutputs(ReadOnlySpan<float> y, int label, Span<float> dy)
    {
        Check(y, label, dy);
        float sum = 0f;
        for (int k = 0; k < y.Length; k++)
        {
            float error = y[k] - (k == label ? 1f : 0f);
            sum = MathF.FusedMultiplyAdd(error, error, sum);
            if (!dy.IsEmpty)
            {
                dy[k] = error * (2f / y.Length);
            }
        }

        return sum / y.Length;
    }

    /// <summary>
    /// <see cref="OfOutputs"/> of the softmax p of the logits (Brier, "Verification of forecasts expressed in terms of
    /// probability", 1950), and its gradient <c>dz[k] = p[k] · (dp[k] − Σ_j dp[j] · p[j])</c>, where the sum is a chain in class order.
    /// </summary>
    /// <param name="z">The logits of a sample, [K].</param>
    /// <param name="label">The sample's class.</param>
    /// <param name="dz">Receives the gradient with respect to the logits; empty if not wanted.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="label"/> is not a class.</exception>
    public static float OfSoftmax(ReadOnlySpan<float> z, int label, Span<float> dz)
    {
        Check(z, label, dz);
        float max = z[SoftmaxKernels.ArgMax(z)];
        float exponentials = 0f;
        foreach (float logit in z)
        {
            exponentials += Elementary.Exp(logit - max);
        }

        float sum = 0f, weighted = 0f;
        for (int k = 0; k < z.Length; k++)
        {
            float p = Elementary.Exp(z[k] - max) / exponentials;
            float error = p - (k == label ? 1f : 0f);
            sum = MathF.FusedMultiplyAdd(error, error, sum);
            weighted = MathF.FusedMultiplyAdd(error * (2f / z.Length), p, weighted);
        }

        for (int k = 0; k < dz.Length; k++)
        {
            float p = Elementary.Exp(z[k] - max) / exponentials;
            float error = p - (k == label ? 1f : 0f);
            dz[k] = p * ((error * (2f / z.Length)) - weighted);
        }

        return sum / z.Length;
    }

    private static void Check(ReadOnlySpan<float> outputs, int label, ReadOnlySpan<float> gradient)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(label);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(label, outputs.Length);
        if (!gradient.IsEmpty)
        {
            KernelGuard.SameLength(outputs, gradient);
        }
    }
}
