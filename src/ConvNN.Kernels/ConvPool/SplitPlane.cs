using System.Runtime.Intrinsics;
using ConvNN.Kernels.Convolution;

namespace ConvNN.Kernels.ConvPool;

/// <summary>
/// A padded input sample, [C, H, 2, (W + 1) / 2]. The even columns of each row come before the odd ones, so adjacent pooling windows
/// read adjacent inputs for each tap.
/// </summary>
internal readonly record struct SplitPlane(int Rows, int Half, int Taps)
{
    /// <summary>Floats from one row to the next.</summary>
    public int RowStride => 2 * Half;

    /// <summary>Floats for the offsets of the taps, two per tap.</summary>
    public int Offsets => 2 * Taps;

    /// <summary>The plane for a geometry.</summary>
    public static SplitPlane Of(in ConvPoolGeometry geometry)
    {
        Conv2dGeometry convolution = geometry.Convolution;
        return new SplitPlane(checked(convolution.Channels * convolution.PaddedHeight), (convolution.PaddedWidth + 1) / 2, convolution.Taps);
    }

    /// <summary>Floats for the offsets, the plane, and the floats that vectors read past its end.</summary>
    public int ScratchLength(int lanes) => checked(Offsets + (Rows * RowStride) + lanes + ConvPoolGeometry.MaxKernelWidth);

    /// <summary>The offset of each tap (c, kh, kw) from the corner of a window, for the window's first output and for its second.</summary>
    public void TapOffsets(Span<int> offsets, in Conv2dGeometry geometry)
    {
        int t = 0;
        for (int c = 0; c < geometry.Channels; c++)
        {
            for (int kh = 0; kh < geometry.KernelHeight; kh++)
            {
                int row = ((c * geometry.PaddedHeight) + kh) * RowStride;
                for (int kw = 0; kw < geometry.KernelWidth; kw++)
                {
                    offsets[t++] = row + Column(kw);
                    offsets[t++] = row + Column(kw + 1);
                }
            }
        }
    }

    /// <summary>Copies a sample into the plane.</summary>
    public void Fill(ReadOnlySpan<float> sample, Span<float> plane, in Conv2dGeometry geometry)
    {
        if (geometry.PaddingHeight > 0 || geometry.PaddingWidth > 0)
        {
            plane[..(Rows * RowStride)].Clear();
        }

        for (int c = 0; c < geometry.Channels; c++)
        {
            for (int h = 0; h < geometry.Height; h++)
            {
                ReadOnlySpan<float> source = sample.Slice(((c * geometry.Height) + h) * geometry.Width, geometry.Width);
                Span<float> target = plane.Slice(((c * geometry.PaddedHeight) + h + geometry.PaddingHeight) * RowStride, RowStride);
                int first = geometry.PaddingWidth;
                Split(source, target[Column(first)..], target[Column(first + 1)..]);
            }
        }
    }

    /// <summary>Copies elements alternately to <paramref name="even"/> and <paramref name="odd"/>.</summary>
    private static void Split(ReadOnlySpan<float> source, Span<float> even, Span<float> odd)
    {
        int i = 0;
        for (; Vector256.IsHardwareAccelerated && i <= source.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Vector256<float> apart = Vector256.Shuffle(Vector256.Create(source[i..]), Vector256.Create(0, 2, 4, 6, 1, 3, 5, 7));
            apart.GetLower().CopyTo(even[(i / 2)..]);
            apart.GetUpper().CopyTo(odd[(i / 2)..]);
        }

        for (; i < source.Length; i++)
        {
            ((i & 1) == 0 ? even : odd)[i / 2] = source[i];
        }
    }

    private int Column(int column) => ((column & 1) * Half) + (column >> 1);
}
