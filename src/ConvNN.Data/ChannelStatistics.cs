using System.Runtime.ExceptionServices;
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
        try
        {
            // Exact sums do not depend on their order.
            Parallel.For(0, images.Count, n => Add(images.Image(n), plane, sums, squares));
        }
        catch (AggregateException several)
        {
            ExceptionDispatchInfo.Throw(several.InnerExceptions[0]);
        }

        // The sums are exact, and so is count² times the variance; only the last steps are rounded.
        Int128 count = (Int128)images.Count * plane;
        return Normalization.Standard(
            [.. sums.Select(sum => (float)((double)sum / (double)count / byte.MaxValue))],
            [.. sums.Zip(squares, (sum, square) => Deviation((count * square) - ((Int128)sum * sum), (double)count))]);
    }

    private static void Add(ReadOnlySpan<byte> image, int plane, long[] sums, long[] squares)
    {
        for (int c = 0; c < sums.Length; c++)
        {
            (long sum, long square) = (0, 0);
            foreach (byte value in image.Slice(c * plane, plane))
            {
                sum += value;
                square += value * value;
            }

            Interlocked.Add(ref sums[c], sum);
            Interlocked.Add(ref squares[c], square);
        }
    }

    // A channel of one value has the deviation 0; divided by 1 it becomes 0.
    private static float Deviation(Int128 variance, double count) => variance == 0 ? 1f : (float)(Math.Sqrt((double)variance) / count / byte.MaxValue);
}
