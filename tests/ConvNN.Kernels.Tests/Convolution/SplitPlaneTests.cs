using ConvNN.Kernels.Convolution;

namespace ConvNN.Kernels.Tests.Convolution;

public class SplitPlaneTests
{
    /// <summary>Each row is its even columns, then its odd ones, padding included; everything else stays zero, in a plane that held another sample, too.</summary>
    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(3, 0)]
    [InlineData(2, 2)]
    public void Fill_RowsOfAnyWidth_AreSplitByColumns(int channels, int padding)
    {
        for (int width = 3; width <= 40; width++)
        {
            Conv2dGeometry geometry = new()
            {
                Samples = 1,
                Channels = channels,
                Height = 5,
                Width = width,
                Filters = 1,
                KernelHeight = 3,
                KernelWidth = 3,
                PaddingHeight = padding,
                PaddingWidth = padding,
            };
            SplitPlane plane = SplitPlane.Of(geometry);
            float[] sample = [.. Enumerable.Range(1, channels * 5 * width).Select(i => (float)i)];
            float[] expected = new float[plane.Length], actual = new float[plane.Length];
            for (int i = 0; i < sample.Length; i++)
            {
                (int row, int column) = Math.DivRem(i, width);
                (int c, int h) = Math.DivRem(row, 5);
                int at = column + padding;
                expected[(((c * (5 + (2 * padding))) + h + padding) * plane.RowStride) + (at % 2 * plane.Half) + (at / 2)] = sample[i];
            }

            // What lies behind a sample is another one.
            float[] next = [.. sample, .. Enumerable.Repeat(-1f, 64)];
            plane.Fill([.. next.Reverse()], actual, geometry);
            plane.Fill(next, actual, geometry);

            Assert.Equal(expected, actual);
        }
    }
}
