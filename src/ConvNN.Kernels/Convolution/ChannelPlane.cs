using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Convolution;

/// <summary>
/// A padded input sample as [H, W, C], with channels zero-padded to whole vectors: the inputs under a kernel row are contiguous.
/// </summary>
/// <param name="Depth">Floats per position: the channels, rounded up to whole vectors.</param>
/// <param name="RowStride">Floats from one row to the next.</param>
/// <param name="Length">Floats of the plane.</param>
internal readonly record struct ChannelPlane(int Depth, int RowStride, int Length)
{
    /// <summary>The plane for a geometry.</summary>
    public static ChannelPlane Of(in Conv2dGeometry geometry, int lanes)
    {
        int depth = (geometry.Channels + lanes - 1) & -lanes;
        int rowStride = checked(geometry.PaddedWidth * depth);
        return new ChannelPlane(depth, rowStride, checked(geometry.PaddedHeight * rowStride));
    }

    /// <summary>Floats of a filter's weights as [KH, KW, C].</summary>
    public int FilterLength(in Conv2dGeometry geometry) => checked(geometry.KernelHeight * geometry.KernelWidth * Depth);

    /// <summary>Copies a sample [C, H, W] into the plane.</summary>
    public void Fill(ReadOnlySpan<float> sample, Span<float> plane, in Conv2dGeometry geometry)
    {
        if (geometry.Channels < Depth || geometry.PaddingHeight > 0 || geometry.PaddingWidth > 0)
        {
            plane[..Length].Clear();
        }

        (int rows, int width) = Rows(geometry);
        for (int row = 0; row < rows; row++)
        {
            Transposition.Copy(
                ref Unsafe.AsRef(in sample[row * width]), geometry.Height * geometry.Width, ref plane[At(row, geometry)], Depth, geometry.Channels, width);
        }
    }

    /// <summary>Adds <c>0f</c> to each value of the plane, as at the end of a chain, and copies it into a sample [C, H, W].</summary>
    public void Finish<TVector>(Span<float> plane, Span<float> sample, in Conv2dGeometry geometry)
        where TVector : struct, IVector<TVector>
    {
        ref float value = ref MemoryMarshal.GetReference(plane);
        for (nuint i = 0; i < (nuint)Length; i += (nuint)TVector.Count)
        {
            TVector.Store(TVector.Add(TVector.Load(ref value, i), TVector.Zero), ref value, i);
        }

        (int rows, int width) = Rows(geometry);
        for (int row = 0; row < rows; row++)
        {
            Transposition.Copy(ref plane[At(row, geometry)], Depth, ref sample[row * width], geometry.Height * geometry.Width, width, geometry.Channels);
        }
    }

    /// <summary>Copies the weights of all filters as [F, KH, KW, C].</summary>
    public void Weights(ReadOnlySpan<float> w, Span<float> target, in Conv2dGeometry geometry)
    {
        int window = geometry.KernelHeight * geometry.KernelWidth;
        int length = FilterLength(geometry);
        target[..(geometry.Filters * length)].Clear();
        for (int f = 0; f < geometry.Filters; f++)
        {
            for (int c = 0; c < geometry.Channels; c++)
            {
                for (int k = 0; k < window; k++)
                {
                    target[(f * length) + (k * Depth) + c] = w[(f * geometry.TapStride) + (c * window) + k];
                }
            }
        }
    }

    /// <summary>Rows of a sample, each of which is contiguous in the plane. Without columns of padding that is all of it.</summary>
    private static (int Count, int Width) Rows(in Conv2dGeometry geometry) =>
        geometry.PaddingWidth == 0 ? (1, geometry.Height * geometry.Width) : (geometry.Height, geometry.Width);

    private int At(int row, in Conv2dGeometry geometry) => ((row + geometry.PaddingHeight) * RowStride) + (geometry.PaddingWidth * Depth);
}
