using ConvNN.Kernels.Elementwise;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Normalization;

/// <summary>
/// Batch normalisation of one channel over the samples of a leaf, and its gradients (Ioffe and Szegedy, arXiv:1502.03167). The
/// factors of a channel are computed in double; the tier's <see cref="ElementwiseKernels"/> apply them, so all tiers share this code.
/// </summary>
/// <param name="elementwise">The elementwise kernels of the tier.</param>
public sealed class BatchNormKernels(ElementwiseKernels elementwise)
{
    /// <summary>
    /// <c>y = s · x + t</c>, rounded once, with <c>s = γ / √(v + ε)</c> and <c>t = β − mean · γ / √(v + ε)</c>, each computed in double
    /// and rounded.
    /// </summary>
    /// <param name="x">The samples, [N, stride].</param>
    /// <param name="y">The outputs, [N, stride]; only the channel is overwritten.</param>
    /// <param name="plane">The location of the channel.</param>
    /// <param name="norm">The parameters of the normalisation.</param>
    public void Forward(ReadOnlySpan<float> x, Span<float> y, ChannelSpan plane, in ChannelNorm norm)
    {
        double scale = norm.Gamma * norm.InverseDeviation;
        for (int start = plane.Start; start < x.Length; start += plane.Stride)
        {
            Span<float> target = y.Slice(start, plane.Length);
            target.Fill((float)Math.FusedMultiplyAdd(-norm.Mean, scale, norm.Beta));
            elementwise.AddScaled(target, (float)scale, x.Slice(start, plane.Length));
        }
    }

    /// <summary>Σ dy and Σ dy · (x − mean) over a channel, in double along 16 lanes, like the moments.</summary>
    /// <param name="x">The samples, [N, stride].</param>
    /// <param name="dy">The gradient with respect to the outputs, [N, stride].</param>
    /// <param name="plane">The location of the channel.</param>
    /// <param name="mean">The channel's mean.</param>
    public static (double Dy, double DyX) Sums(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, ChannelSpan plane, double mean)
    {
        Span<double> sums = stackalloc double[Lanes.Count], products = stackalloc double[Lanes.Count];
        sums.Clear();
        products.Clear();
        for (int start = plane.Start; start < x.Length; start += plane.Stride)
        {
            ReadOnlySpan<float> deltas = dy.Slice(start, plane.Length);
            DoubleLanes.Add(deltas, sums);
            DoubleLanes.AddProducts(x.Slice(start, plane.Length), mean, deltas, 0, products);
        }

        return (NormReference.AddLanes(sums), NormReference.AddLanes(products));
    }

    /// <summary>
    /// Gradient of <see cref="Forward"/> with respect to x, including the effect on mean and variance: with r = 1 / √(v + ε) and
    /// n values, <c>dx = γ·r · (dy − Σ dy / n − (x − mean) · r² · Σ dy·(x − mean) / n)</c>. It is computed as
    /// <c>a · dy + (b · x + c)</c>, with a, b and c computed in double and rounded.
    /// </summary>
    /// <param name="x">The samples, [N, stride].</param>
    /// <param name="dy">The gradient with respect to the outputs, [N, stride].</param>
    /// <param name="dx">The gradient with respect to the inputs, [N, stride]; only the channel is overwritten.</param>
    /// <param name="plane">The location of the channel.</param>
    /// <param name="norm">The parameters of the normalisation.</param>
    public void InputGradient(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dx, ChannelSpan plane, in ChannelNorm norm)
    {
        (double sum, double product) = Sums(x, dy, plane, norm.Mean);
        double count = (double)(x.Length / plane.Stride) * plane.Length;
        double a = norm.Gamma * norm.InverseDeviation;
        double b = -a * norm.InverseDeviation * norm.InverseDeviation * product / count;
        double c = (-a * sum / count) - (b * norm.Mean);
        for (int start = plane.Start; start < x.Length; start += plane.Stride)
        {
            Span<float> target = dx.Slice(start, plane.Length);
            target.Fill((float)c);
            elementwise.AddScaled(target, (float)b, x.Slice(start, plane.Length));
            elementwise.AddScaled(target, (float)a, dy.Slice(start, plane.Length));
        }
    }

    /// <summary>The same where mean and variance are constants, as running averages are: <c>dx = γ·r · dy</c>.</summary>
    /// <param name="dy">The gradient with respect to the outputs, [N, stride].</param>
    /// <param name="dx">The gradient with respect to the inputs, [N, stride]; only the channel is overwritten.</param>
    /// <param name="plane">The location of the channel.</param>
    /// <param name="norm">The parameters of the normalisation.</param>
    public void InputGradientOfConstants(ReadOnlySpan<float> dy, Span<float> dx, ChannelSpan plane, in ChannelNorm norm)
    {
        float factor = (float)(norm.Gamma * norm.InverseDeviation);
        for (int start = plane.Start; start < dy.Length; start += plane.Stride)
        {
            Span<float> target = dx.Slice(start, plane.Length);
            dy.Slice(start, plane.Length).CopyTo(target);
            elementwise.Scale(target, factor);
        }
    }
}
