using ConvNN.Pictures;

namespace ConvNN.Data;

/// <summary>Mean and standard deviation of each channel of a dataset's images, with the same bits on every machine.</summary>
internal static class ChannelStatistics
{
    /// <summary>The normalization that gives each channel of some images the mean 0 and the deviation 1.</summary>
    /// <param name="images">The images, usually the training part.</param>
    public static Normalization Of(ImageDataset images)
    {
        int channels = images.Shape.Channels, plane = images.Shape.Count / channels;
        (long[] sums, long[] squares) = (new long[channels], new long[channels]);
        for (int n = 0; n < images.Count; n++)
        {
            ReadOnlySpan<byte> image = images.Image(n);
            for (int c = 0; c < channels; c++)
            {
                (long sum, long square) = (0, 0);
                foreach (byte value in image.Slice(c * plane, plane))
                {
                    sum += value;
                    square += value * value;
                }

                sums[c] += sum;
                squares[c] += square;
            }
        }

        // The sums are exact, and so is count² times the variance; only the last steps are rounded.
        Int128 count = (Int128)images.Count * plane;
        return Normalization.Standard(
            [.. sums.Select(sum => (float)((double)sum / (double)count / byte.MaxValue))],
            [.. sums.Zip(squares, (sum, square) => Deviation((count * square) - ((Int128)sum * sum), (double)count))]);
    }

    // A channel of one value has the deviation 0; divided by 1 it becomes 0.
    private static float Deviation(Int128 variance, double count) => variance == 0 ? 1f : (float)(Math.Sqrt((double)variance) / count / byte.MaxValue);
}
