using ConvNN.Kernels.Normalization;

namespace ConvNN.Kernels.Tests.Normalization;

public class MomentKernelsTests
{
    [Fact]
    public void Of_KnownValues_GivesTheirMoments()
    {
        Moments actual = Of([2, 4, 4, 4, 5, 5, 7, 9]);

        Assert.Equal(new Moments(8, 5, 32), actual);
        Assert.Equal(4, actual.Variance);
    }

    [Fact]
    public void Of_NoValues_IsEmpty()
    {
        Assert.Equal(new Moments(0, 0, 0), Of([]));
        Assert.Equal(0, Of([]).Variance);
    }

    [Fact]
    public void Of_OneValue_HasNoVariance() => Assert.Equal(new Moments(1, -3.5, 0), Of([-3.5f]));

    /// <summary>Each of the 16 lanes is a chain of its own over (sample, position), so lanes summed apart give the same bits.</summary>
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 3, 7)]
    [InlineData(4, 1, 9)]
    [InlineData(5, 3, 16)]
    [InlineData(2, 8, 169)]
    public void OfChannel_LanesSummedApart_HasTheSameBits(int samples, int channels, int positions)
    {
        using var x = new GuardedMemory<float>(Values(samples * channels * positions, seed: 1));
        long count = (long)samples * positions;
        for (int channel = 0; channel < channels; channel++)
        {
            double mean = AddHalves([.. Enumerable.Range(0, 16).Select(l => Lane(x.Span, l, (sum, value) => sum + value))]) / count;
            double m2 = AddHalves([.. Enumerable.Range(0, 16).Select(l => Lane(x.Span, l, (sum, value) => Math.FusedMultiplyAdd(value - mean, value - mean, sum)))]);

            Assert.Equal(new Moments(count, mean, m2), MomentKernels.OfChannel(x.Span, channels, positions, channel));

            double Lane(Span<float> values, int lane, Func<double, double, double> add)
            {
                double sum = 0;
                for (int n = 0; n < samples; n++)
                {
                    for (int p = lane; p < positions; p += 16)
                    {
                        sum = add(sum, values[(((n * channels) + channel) * positions) + p]);
                    }
                }

                return sum;
            }
        }

        static double AddHalves(double[] lanes) =>
            lanes.Length == 1 ? lanes[0] : AddHalves([.. lanes.Take(lanes.Length / 2).Zip(lanes.Skip(lanes.Length / 2), (low, high) => low + high)]);
    }

    /// <summary>
    /// Merging is exact but for rounding: each sum of n terms is off by at most n roundings of its size, each merge by
    /// a few more.
    /// </summary>
    [Fact]
    public void Merge_LeavesInOrder_IsNearTheMomentsOfAll()
    {
        float[] values = Values(10_000, seed: 2);
        Moments expected = Of(values);
        Moments merged = default;
        for (int start = 0; start < values.Length; start += 1250)
        {
            merged = Moments.Merge(merged, Of(values.AsSpan(start, 1250)));
        }

        double bound = (values.Length + 64) * Math.ScaleB(1, -53);
        double meanBound = bound * values.Average(Math.Abs);
        Assert.Equal(expected.Count, merged.Count);
        Assert.True(Math.Abs(merged.Mean - expected.Mean) <= 2 * meanBound, $"mean {merged.Mean:r}, expected {expected.Mean:r}.");
        Assert.True(Math.Abs(merged.M2 - expected.M2) <= 4 * bound * expected.M2, $"M2 {merged.M2:r}, expected {expected.M2:r}.");
    }

    [Fact]
    public void Merge_EmptySide_GivesTheOther()
    {
        Moments some = Of([1, 2, 4]);

        Assert.Equal(some, Moments.Merge(some, default));
        Assert.Equal(some, Moments.Merge(default, some));
        Assert.Equal(default, Moments.Merge(default, default));
    }

    [Fact]
    public void Merge_HalvesOfKnownValues_GivesTheWhole() =>
        Assert.Equal(Of([2, 4, 6, 8]), Moments.Merge(Of([2, 4]), Of([6, 8])));

    /// <summary>Two passes keep the variance of values that lie far from zero, where a sum of squares would round it away.</summary>
    [Fact]
    public void Of_LargeOffset_KeepsTheVariance() =>
        Assert.Equal(new Moments(4, 16777213, 20), Of([16777210, 16777212, 16777214, 16777216]));

    [Fact]
    public void OfChannel_NoWholeSamples_ThrowsWithTheNumbers()
    {
        ArgumentException failure = Assert.Throws<ArgumentException>(static () => MomentKernels.OfChannel(new float[13], channels: 2, positions: 3, channel: 0));

        Assert.Contains("13 elements", failure.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(static () => MomentKernels.OfChannel(new float[6], channels: 2, positions: 3, channel: 2));
    }

    private static float[] Values(int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => (float)((random.NextDouble() * 4) - 1))];
    }

    private static Moments Of(ReadOnlySpan<float> values) => MomentKernels.OfChannel(values, channels: 1, positions: values.Length, channel: 0);
}
