using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ConvNN.Kernels.Convolution;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.ConvPool;

/// <content>The forward pass with filters as lanes, for many filters over rows that would leave most of a vector idle.</content>
internal sealed partial class ConvPoolVector<TVector>
{
    private static int FilterLanes(in ConvPoolGeometry geometry) => (geometry.Filters + TVector.Count - 1) & -TVector.Count;

    /// <summary>Whether filters fill vectors more than a third better than the windows of a row.</summary>
    private static bool LanesAreFilters(in ConvPoolGeometry geometry)
    {
        int columnLanes = (geometry.PooledWidth + TVector.Count - 1) & -TVector.Count;
        return 3L * geometry.Filters * columnLanes > 4L * geometry.PooledWidth * FilterLanes(geometry);
    }

    private static int FilterScratch(in ConvPoolGeometry geometry)
    {
        Conv2dGeometry convolution = geometry.Convolution;
        int lanes = FilterLanes(geometry);
        int windows = geometry.Windows;
        return checked(convolution.Taps + ((convolution.Taps + 1 + (2 * windows)) * lanes) + PaddedPlane.LengthOf(convolution));
    }

    private static void ForwardByFilters<TPool>(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> b, Span<float> y, Span<byte> winners, Span<float> scratch, in ConvPoolGeometry geometry)
        where TPool : IWindowPool<TVector>
    {
        Conv2dGeometry convolution = geometry.Convolution;
        int lanes = FilterLanes(geometry);
        int windows = geometry.Windows;
        Span<int> offsets = MemoryMarshal.Cast<float, int>(Scratch.Take(ref scratch, convolution.Taps));
        Span<float> weights = Scratch.Take(ref scratch, (convolution.Taps + 1) * lanes);
        Span<float> maxima = Scratch.Take(ref scratch, windows * lanes);
        Span<byte> places = MemoryMarshal.AsBytes(Scratch.Take(ref scratch, windows * lanes))[..(windows * lanes)];
        PaddedPlane.TapOffsets(offsets, convolution);
        WeightsByTap(w, b, weights, convolution);
        for (int n = 0; n < geometry.Samples; n++)
        {
            ReadOnlySpan<float> plane = PaddedPlane.Of(x.Slice(n * convolution.InputStride, convolution.InputStride), scratch, convolution);
            for (int f = 0; f < geometry.Filters; f += 2 * TVector.Count)
            {
                // The weights of a tile stay in the L1 cache for all windows. The last tile may be only half full.
                int apart = Math.Min(TVector.Count, lanes - f - TVector.Count);
                for (int window = 0; window < windows; window++)
                {
                    (int row, int column) = Math.DivRem(window, geometry.PooledWidth);
                    TwoVectors<TPool>(
                        ref MemoryMarshal.GetReference(plane[(2 * ((row * convolution.PaddedWidth) + column))..]),
                        offsets,
                        (nuint)convolution.PaddedWidth,
                        ref weights[f],
                        lanes,
                        apart,
                        ref maxima[(window * lanes) + f],
                        ref places[(window * lanes) + f]);
                }
            }

            Span<float> outputs = y[(n * geometry.OutputStride)..];
            Span<byte> codes = winners[(n * geometry.OutputCount)..];
            for (int f = 0; f < geometry.Filters; f++)
            {
                for (int window = 0; window < windows; window++)
                {
                    outputs[(f * windows) + window] = maxima[(window * lanes) + f];
                    codes[(f * windows) + window] = places[(window * lanes) + f];
                }
            }
        }
    }

    /// <summary>
    /// One window for two vectors of filters, <paramref name="apart"/> floats apart. Four outputs for each make eight chains, which
    /// hide the latency of a multiply-add.
    /// </summary>
    private static void TwoVectors<TPool>(
        ref float plane, ReadOnlySpan<int> offsets, nuint below, ref float weights, int lanes, int apart, ref float maxima, ref byte places)
        where TPool : IWindowPool<TVector>
    {
        ref float bias = ref Unsafe.Add(ref weights, offsets.Length * lanes);
        TVector f0 = TVector.Load(ref bias, 0), f1 = f0, f2 = f0, f3 = f0;
        TVector g0 = TVector.Load(ref bias, (nuint)apart), g1 = g0, g2 = g0, g3 = g0;
        ref float weight = ref weights;
        for (int t = 0; t < offsets.Length; t++)
        {
            ref float corner = ref Unsafe.Add(ref plane, offsets[t]);
            TVector f = TVector.Load(ref weight, 0);
            TVector g = TVector.Load(ref weight, (nuint)apart);
            TVector x = TVector.Broadcast(corner);
            f0 = TVector.MultiplyAdd(x, f, f0);
            g0 = TVector.MultiplyAdd(x, g, g0);
            x = TVector.Broadcast(Unsafe.Add(ref corner, 1));
            f1 = TVector.MultiplyAdd(x, f, f1);
            g1 = TVector.MultiplyAdd(x, g, g1);
            corner = ref Unsafe.Add(ref corner, below);
            x = TVector.Broadcast(corner);
            f2 = TVector.MultiplyAdd(x, f, f2);
            g2 = TVector.MultiplyAdd(x, g, g2);
            x = TVector.Broadcast(Unsafe.Add(ref corner, 1));
            f3 = TVector.MultiplyAdd(x, f, f3);
            g3 = TVector.MultiplyAdd(x, g, g3);
            weight = ref Unsafe.Add(ref weight, lanes);
        }

        TPool.Pool(f0, f1, f2, f3, ref maxima, ref places);
        TPool.Pool(g0, g1, g2, g3, ref Unsafe.Add(ref maxima, apart), ref Unsafe.Add(ref places, apart));
    }

    /// <summary>Copies the weights as [taps, filters], with the biases as the last row; padding filters are zero.</summary>
    private static void WeightsByTap(ReadOnlySpan<float> w, ReadOnlySpan<float> b, Span<float> target, in Conv2dGeometry geometry)
    {
        int taps = geometry.Taps;
        int lanes = target.Length / (taps + 1);
        target.Clear();
        for (int f = 0; f < geometry.Filters; f++)
        {
            for (int t = 0; t < taps; t++)
            {
                target[(t * lanes) + f] = w[(f * geometry.TapStride) + t];
            }

            target[(taps * lanes) + f] = b.IsEmpty ? 0f : b[f];
        }
    }
}
