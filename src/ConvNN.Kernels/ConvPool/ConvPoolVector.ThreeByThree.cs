using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ConvNN.Kernels.Convolution;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.ConvPool;

/// <content>The forward pass of 3×3 filters over one channel, whose nine weights fit in the registers of AVX-512.</content>
internal sealed partial class ConvPoolVector<TVector>
{
    private static bool IsThreeByThree(in Conv2dGeometry geometry) =>
        TVector.Count == Lanes.Count && geometry is { Channels: 1, KernelHeight: 3, KernelWidth: 3 };

    /// <summary>All outputs of a filter. What is written past them, the next filters replace.</summary>
    private static void ThreeByThree<TPool>(
        ReadOnlySpan<float> plane, in SplitPlane split, ref float w, float bias, Span<float> y, Span<byte> winners, in ConvPoolGeometry geometry)
        where TPool : IWindowPool<TVector>
    {
        Span<float> maxima = stackalloc float[TVector.Count];
        Span<byte> places = stackalloc byte[TVector.Count];
        (int rows, int width) = (geometry.PooledHeight, geometry.PooledWidth);
        for (int column = 0; column < width; column += TVector.Count)
        {
            // As in Rows: the last vector of a row overlaps the previous one, and those of short rows the next outputs.
            int start = Math.Max(0, Math.Min(column, width - TVector.Count));
            int row = Math.Clamp((y.Length - start - TVector.Count + width) / width, 0, rows);
            ThreeByThree<TPool>(
                ref MemoryMarshal.GetReference(plane[start..]), split, ref w, bias, ref MemoryMarshal.GetReference(y[start..]), ref MemoryMarshal.GetReference(winners[start..]), row, width);
            for (; row < rows; row++)
            {
                int at = (row * width) + start;
                ThreeByThree<TPool>(ref MemoryMarshal.GetReference(plane[((2 * row * split.RowStride) + start)..]), split, ref w, bias, ref maxima[0], ref places[0], 1, width);
                maxima[..(y.Length - at)].CopyTo(y[at..]);
                places[..(y.Length - at)].CopyTo(winners[at..]);
            }
        }
    }

    /// <summary>A vector of windows in each of some rows. Each row of the plane is loaded once for both rows of outputs above it.</summary>
    private static void ThreeByThree<TPool>(
        ref float plane, in SplitPlane split, ref float w, float bias, ref float y, ref byte winners, int rows, int width)
        where TPool : IWindowPool<TVector>
    {
        nuint odd = (nuint)split.Half, below = (nuint)split.RowStride;
        TVector b = TVector.Broadcast(bias);
        TVector w0 = TVector.Broadcast(w), w1 = TVector.Broadcast(Unsafe.Add(ref w, 1)), w2 = TVector.Broadcast(Unsafe.Add(ref w, 2));
        TVector w3 = TVector.Broadcast(Unsafe.Add(ref w, 3)), w4 = TVector.Broadcast(Unsafe.Add(ref w, 4)), w5 = TVector.Broadcast(Unsafe.Add(ref w, 5));
        TVector w6 = TVector.Broadcast(Unsafe.Add(ref w, 6)), w7 = TVector.Broadcast(Unsafe.Add(ref w, 7)), w8 = TVector.Broadcast(Unsafe.Add(ref w, 8));
        for (; rows > 0; rows--)
        {
            TVector x0 = TVector.Load(ref plane, 0), x1 = TVector.Load(ref plane, odd), x2 = TVector.Load(ref plane, 1), x3 = TVector.Load(ref plane, odd + 1);
            TVector s0 = Three(x0, x1, x2, w0, w1, w2, b);
            TVector s1 = Three(x1, x2, x3, w0, w1, w2, b);
            plane = ref Unsafe.Add(ref plane, below);
            x0 = TVector.Load(ref plane, 0);
            x1 = TVector.Load(ref plane, odd);
            x2 = TVector.Load(ref plane, 1);
            x3 = TVector.Load(ref plane, odd + 1);
            s0 = Three(x0, x1, x2, w3, w4, w5, s0);
            s1 = Three(x1, x2, x3, w3, w4, w5, s1);
            TVector s2 = Three(x0, x1, x2, w0, w1, w2, b);
            TVector s3 = Three(x1, x2, x3, w0, w1, w2, b);
            plane = ref Unsafe.Add(ref plane, below);
            x0 = TVector.Load(ref plane, 0);
            x1 = TVector.Load(ref plane, odd);
            x2 = TVector.Load(ref plane, 1);
            x3 = TVector.Load(ref plane, odd + 1);
            s0 = Three(x0, x1, x2, w6, w7, w8, s0);
            s1 = Three(x1, x2, x3, w6, w7, w8, s1);
            s2 = Three(x0, x1, x2, w3, w4, w5, s2);
            s3 = Three(x1, x2, x3, w3, w4, w5, s3);
            ref float last = ref Unsafe.Add(ref plane, below);
            x0 = TVector.Load(ref last, 0);
            x1 = TVector.Load(ref last, odd);
            x2 = TVector.Load(ref last, 1);
            x3 = TVector.Load(ref last, odd + 1);
            s2 = Three(x0, x1, x2, w6, w7, w8, s2);
            s3 = Three(x1, x2, x3, w6, w7, w8, s3);
            TPool.Pool(s0, s1, s2, s3, ref y, ref winners);
            y = ref Unsafe.Add(ref y, width);
            winners = ref Unsafe.Add(ref winners, width);
        }

        static TVector Three(TVector x0, TVector x1, TVector x2, TVector w0, TVector w1, TVector w2, TVector sum) =>
            TVector.MultiplyAdd(x2, w2, TVector.MultiplyAdd(x1, w1, TVector.MultiplyAdd(x0, w0, sum)));
    }
}
