namespace ConvNN.Kernels;

/// <summary>The statistics of batch normalisation (Ioffe and Szegedy, arXiv:1502.03167), one sample leaf at a time.</summary>
/// <remarks>The row "batch norm moments" of the one sum; scalar, so this is the definition too.</remarks>
public static class MomentKernels
{
    /// <summary>The moments of one channel over the samples of a leaf, in double.</summary>
    /// <remarks>
    /// Two passes in the order (sample, position): the sum from +0, divided by the count; then Σ (x − mean)² from +0, a
    /// fused multiply-add each. A leaf without samples gives count 0.
    /// </remarks>
    /// <param name="x">The leaf's samples, [N, channels, positions], row-major.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="positions">Height times width of a channel.</param>
    /// <param name="channel">Which channel.</param>
    /// <exception cref="ArgumentException"><paramref name="x"/> is no whole number of samples.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="channel"/> is not one of the channels.</exception>
    public static Moments OfChannel(ReadOnlySpan<float> x, int channels, int positions, int channel)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(channel);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(channel, channels);
        if (x.IsEmpty)
        {
            return default;
        }

        int sampleLength = channels * positions;
        if (sampleLength <= 0 || x.Length % sampleLength != 0)
        {
            throw new ArgumentException($"OfChannel: x has {x.Length} elements, which is no multiple of {channels} channels × {positions} positions.", nameof(x));
        }

        long count = (long)(x.Length / sampleLength) * positions;
        double sum = 0;
        for (int start = channel * positions; start < x.Length; start += sampleLength)
        {
            foreach (float value in x.Slice(start, positions))
            {
                sum += value;
            }
        }

        double mean = sum / count;
        double m2 = 0;
        for (int start = channel * positions; start < x.Length; start += sampleLength)
        {
            foreach (float value in x.Slice(start, positions))
            {
                double deviation = value - mean;
                m2 = Math.FusedMultiplyAdd(deviation, deviation, m2);
            }
        }

        return new(count, mean, m2);
    }
}
