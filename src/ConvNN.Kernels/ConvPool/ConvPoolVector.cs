using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ConvNN.Kernels.Convolution;
using ConvNN.Kernels.Elementwise;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.ConvPool;

/// <summary>
/// Convolution, ReLU and max pooling on vectors. Lanes are adjacent pooling windows, or filters if the rows are short.
/// </summary>
internal sealed partial class ConvPoolVector<TVector> : ConvPoolKernels
    where TVector : struct, IVector<TVector>
{
    private static readonly ElementwiseVector<TVector> Elementwise = new();

    public override int ScratchLength(ConvPoolGeometry geometry)
    {
        int forward = LanesAreFilters(geometry) ? FilterScratch(geometry) : SplitPlane.Of(geometry.Convolution).ScratchLength;
        int own = Math.Max(forward, GradientScratch(geometry));

        // Narrower vectors handle the gradients that would not fill these, and may divide the work differently.
        return TVector.Count == Float128.Count ? own : Math.Max(own, (TVector.Count > Float256.Count ? Width8 : Width4).ScratchLength(geometry));
    }

    private protected override void ForwardCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> b, Span<float> y, Span<byte> winners, Span<float> scratch, in ConvPoolGeometry geometry)
    {
        // Products of two factors within the bound are finite, and sums of finite numbers are never NaN.
        const float Bound = 1e15f;
        if (Elementwise.IsWithin(x, Bound) && Elementwise.IsWithin(w, Bound) && Elementwise.IsWithin(b, Bound))
        {
            Forward<NumberPool<TVector>>(x, w, b, y, winners, scratch, geometry);
        }
        else
        {
            Forward<AnyPool<TVector>>(x, w, b, y, winners, scratch, geometry);
        }
    }

    private static void Forward<TPool>(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> b, Span<float> y, Span<byte> winners, Span<float> scratch, in ConvPoolGeometry geometry)
        where TPool : IWindowPool<TVector>
    {
        if (LanesAreFilters(geometry))
        {
            ForwardByFilters<TPool>(x, w, b, y, winners, scratch, geometry);
            return;
        }

        SplitPlane plane = SplitPlane.Of(geometry.Convolution);
        Span<int> offsets = MemoryMarshal.Cast<float, int>(scratch[..plane.Offsets])[..(2 * plane.Taps)];
        Span<float> values = scratch.Slice(plane.Offsets, plane.Length);
        values.Clear();
        bool isThreeByThree = IsThreeByThree(geometry.Convolution);
        plane.TapOffsets(offsets, geometry.Convolution);
        for (int n = 0; n < geometry.Samples; n++)
        {
            plane.Fill(x[(n * geometry.Convolution.InputStride)..], values, geometry.Convolution);
            Span<float> sample = y.Slice(n * geometry.OutputStride, geometry.Filters * geometry.Windows);
            Span<byte> places = winners.Slice(n * geometry.OutputCount, geometry.Filters * geometry.Windows);
            for (int f = 0; isThreeByThree && f < geometry.Filters; f++)
            {
                int at = f * geometry.Windows;
                ref float weights = ref MemoryMarshal.GetReference(w[(f * geometry.Convolution.TapStride)..]);
                ThreeByThree<TPool>(values, plane, ref weights, b.IsEmpty ? 0f : b[f], sample[at..], places[at..], geometry);
            }

            for (int f = 0; !isThreeByThree && f < geometry.Filters; f += 2)
            {
                // An odd last filter is its own partner.
                int g = Math.Min(f + 1, geometry.Filters - 1);
                Rows<TPool>(values, offsets, plane.RowStride, w, b, (f, g), sample, places, geometry);
            }
        }
    }

    /// <summary>All outputs of two filters.</summary>
    private static void Rows<TPool>(
        ReadOnlySpan<float> plane, ReadOnlySpan<int> offsets, int rowStride, ReadOnlySpan<float> w, ReadOnlySpan<float> b, (int F, int G) filters, Span<float> y, Span<byte> winners, in ConvPoolGeometry geometry)
        where TPool : IWindowPool<TVector>
    {
        Span<float> maxima = stackalloc float[2 * TVector.Count];
        Span<byte> places = stackalloc byte[2 * TVector.Count];
        int width = geometry.PooledWidth;
        int count = geometry.Windows;
        TVector f = b.IsEmpty ? TVector.Zero : TVector.Broadcast(b[filters.F]);
        TVector g = b.IsEmpty ? TVector.Zero : TVector.Broadcast(b[filters.G]);
        ref float wf = ref MemoryMarshal.GetReference(w[(filters.F * geometry.Convolution.TapStride)..]);
        ref float wg = ref MemoryMarshal.GetReference(w[(filters.G * geometry.Convolution.TapStride)..]);
        for (int row = 0; row < geometry.PooledHeight; row++)
        {
            for (int column = 0; column < width; column += TVector.Count)
            {
                // The last vector of a row overlaps the previous one. Rows shorter than a vector spill into the next rows, which
                // are written later, but not past the filter's last row.
                int start = Math.Max(0, Math.Min(column, width - TVector.Count));
                int at = (row * width) + start;
                ref float window = ref MemoryMarshal.GetReference(plane[((2 * row * rowStride) + start)..]);
                if (at + TVector.Count <= count)
                {
                    TwoFilters<TPool>(
                        ref window, ref MemoryMarshal.GetReference(offsets), offsets.Length, (nuint)rowStride, ref wf, ref wg, f, g,
                        ref y[(filters.F * count) + at], ref winners[(filters.F * count) + at], ref y[(filters.G * count) + at], ref winners[(filters.G * count) + at]);
                    continue;
                }

                TwoFilters<TPool>(
                    ref window, ref MemoryMarshal.GetReference(offsets), offsets.Length, (nuint)rowStride, ref wf, ref wg, f, g,
                    ref maxima[0], ref places[0], ref maxima[TVector.Count], ref places[TVector.Count]);
                maxima[..(count - at)].CopyTo(y[((filters.F * count) + at)..]);
                places[..(count - at)].CopyTo(winners[((filters.F * count) + at)..]);
                maxima.Slice(TVector.Count, count - at).CopyTo(y[((filters.G * count) + at)..]);
                places.Slice(TVector.Count, count - at).CopyTo(winners[((filters.G * count) + at)..]);
            }
        }
    }

    /// <summary>
    /// A vector of windows for two filters. Four outputs for each make eight chains, which hide the latency of a multiply-add and
    /// share the loads of the plane.
    /// </summary>
    private static void TwoFilters<TPool>(
        ref float plane, ref int offsets, int count, nuint below, ref float wf, ref float wg, TVector f, TVector g, ref float yf, ref byte winnersF, ref float yg, ref byte winnersG)
        where TPool : IWindowPool<TVector>
    {
        TVector f0 = f, f1 = f, f2 = f, f3 = f;
        TVector g0 = g, g1 = g, g2 = g, g3 = g;
        for (nint t = 0; t < count; t += 2)
        {
            ref float even = ref Unsafe.Add(ref plane, Unsafe.Add(ref offsets, t));
            ref float odd = ref Unsafe.Add(ref plane, Unsafe.Add(ref offsets, t + 1));
            TVector x0 = TVector.Load(ref even, 0);
            TVector x1 = TVector.Load(ref odd, 0);
            TVector x2 = TVector.Load(ref even, below);
            TVector x3 = TVector.Load(ref odd, below);
            TVector weight = TVector.Broadcast(Unsafe.Add(ref wf, t >> 1));
            f0 = TVector.MultiplyAdd(x0, weight, f0);
            f1 = TVector.MultiplyAdd(x1, weight, f1);
            f2 = TVector.MultiplyAdd(x2, weight, f2);
            f3 = TVector.MultiplyAdd(x3, weight, f3);
            weight = TVector.Broadcast(Unsafe.Add(ref wg, t >> 1));
            g0 = TVector.MultiplyAdd(x0, weight, g0);
            g1 = TVector.MultiplyAdd(x1, weight, g1);
            g2 = TVector.MultiplyAdd(x2, weight, g2);
            g3 = TVector.MultiplyAdd(x3, weight, g3);
        }

        TPool.Pool(f0, f1, f2, f3, ref yf, ref winnersF);
        TPool.Pool(g0, g1, g2, g3, ref yg, ref winnersG);
    }
}
