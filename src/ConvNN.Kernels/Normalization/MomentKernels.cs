using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Normalization;

/// <summary>The statistics of batch normalisation (Ioffe and Szegedy, arXiv:1502.03167), one sample leaf at a time.</summary>
/// <remarks>See "batch-norm moments" in the table of README.md. All tiers share this code, so it is also the reference.</remarks>
public static class MomentKernels
{
    /// <summary>The moments of one channel over the samples of a leaf, in double.</summary>
    /// <remarks>
    /// Two passes of lane sums: lane l of 16 adds the positions p ≡ l (mod 16), sample by sample, from +0; then the upper half of
    /// the lanes is added to the lower half, four times. The first pass gives the sum, divided by the count; the second gives
    /// Σ (x − mean)², one fused multiply-add per value. A leaf without samples gives count 0. (A single chain over all positions
    /// takes 20 µs per image of 8×26×26 and cannot be vectorised; lanes can.)
    /// </remarks>
    /// <param name="x">The leaf's samples, [N, stride], each beginning with [channels, positions], row-major.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="positions">Height times width of a channel.</param>
    /// <param name="channel">Index of the channel.</param>
    /// <param name="stride">Floats from one sample to the next; 0 for channels · positions.</param>
    /// <exception cref="ArgumentException"><paramref name="x"/> does not hold a whole number of samples.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="channel"/> is not one of the channels.</exception>
    public static Moments OfChannel(ReadOnlySpan<float> x, int channels, int positions, int channel, int stride = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(channel);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(channel, channels);
        if (x.IsEmpty)
        {
            return default;
        }

        int sampleLength = stride == 0 ? channels * positions : stride;
        if (positions <= 0 || sampleLength < channels * positions || x.Length % sampleLength != 0)
        {
            throw new ArgumentException($"OfChannel: x has {x.Length} elements, which is not a multiple of {channels} channels × {positions} positions.", nameof(x));
        }

        long count = (long)(x.Length / sampleLength) * positions;
        Span<double> lanes = stackalloc double[Lanes.Count];
        lanes.Clear();
        for (int start = channel * positions; start < x.Length; start += sampleLength)
        {
            DoubleLanes.Add(x.Slice(start, positions), lanes);
        }

        double mean = NormReference.AddLanes(lanes) / count;
        lanes.Clear();
        for (int start = channel * positions; start < x.Length; start += sampleLength)
        {
            ReadOnlySpan<float> plane = x.Slice(start, positions);
            DoubleLanes.AddProducts(plane, mean, plane, mean, lanes);
        }

        return new(count, mean, NormReference.AddLanes(lanes));
    }
}
