using ConvNN.Kernels.Reference;

namespace ConvNN.Kernels;

/// <summary>The statistics of batch normalisation (Ioffe and Szegedy, arXiv:1502.03167), one sample leaf at a time.</summary>
/// <remarks>The row "batch norm moments" of the one sum; scalar, so this is the definition too.</remarks>
public static class MomentKernels
{
    /// <summary>The moments of one channel over the samples of a leaf, in double.</summary>
    /// <remarks>
    /// Two passes of lane sums: lane l of 16 takes the positions p ≡ l (mod 16) of one sample after the other, from +0,
    /// and the lanes are added in halves. First the sum, divided by the count; then Σ (x − mean)², a fused multiply-add
    /// each. A leaf without samples gives count 0. (One chain over all positions takes 20 µs an image of 8×26×26, which
    /// no vector can shorten; lanes can be a vector.)
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
        Span<double> lanes = stackalloc double[Lanes.Count];
        lanes.Clear();
        for (int start = channel * positions; start < x.Length; start += sampleLength)
        {
            ReadOnlySpan<float> plane = x.Slice(start, positions);
            for (int p = 0; p < plane.Length; p++)
            {
                lanes[p % Lanes.Count] += plane[p];
            }
        }

        double mean = NormReference.AddLanes(lanes) / count;
        lanes.Clear();
        for (int start = channel * positions; start < x.Length; start += sampleLength)
        {
            ReadOnlySpan<float> plane = x.Slice(start, positions);
            for (int p = 0; p < plane.Length; p++)
            {
                double deviation = plane[p] - mean;
                lanes[p % Lanes.Count] = Math.FusedMultiplyAdd(deviation, deviation, lanes[p % Lanes.Count]);
            }
        }

        return new(count, mean, NormReference.AddLanes(lanes));
    }
}
