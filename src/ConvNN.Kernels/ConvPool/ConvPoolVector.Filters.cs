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
                int width = Math.Min(2 * TVector.Count, lanes - f), apart = width - TVector.Count, window = 0;
                ref float tile = ref weights[f * (convolution.Taps + 1)];
                for (; TVector.Count == Lanes.Count && window < windows - 1; window += 2)
                {
                    int at = (window * lanes) + f;
                    TwoWindows<TPool>(
                        ref MemoryMarshal.GetReference(plane[Corner(window, geometry)..]), ref MemoryMarshal.GetReference(plane[Corner(window + 1, geometry)..]),
                        offsets, (nuint)convolution.PaddedWidth, ref tile, (width, apart), ref maxima[at], ref places[at], lanes);
                }

                for (; window < windows; window++)
                {
                    int at = (window * lanes) + f;
                    TwoVectors<TPool>(
                        ref MemoryMarshal.GetReference(plane[Corner(window, geometry)..]), offsets, (nuint)convolution.PaddedWidth, ref tile, (width, apart), ref maxima[at], ref places[at]);
                }
            }

            Transposition.Copy(ref maxima[0], lanes, ref y[n * geometry.OutputStride], windows, windows, geometry.Filters);
            Span<byte> codes = winners[(n * geometry.OutputCount)..];
            for (int f = 0; f < geometry.Filters; f++)
            {
                for (int window = 0; window < windows; window++)
                {
                    codes[(f * windows) + window] = places[(window * lanes) + f];
                }
            }
        }
    }

    /// <summary>
    /// One window for two vectors of filters, which may be the same one. Four outputs for each make eight chains, which
    /// hide the latency of a multiply-add.
    /// </summary>
    private static void TwoVectors<TPool>(
        ref float plane, ReadOnlySpan<int> offsets, nuint below, ref float weights, (int Width, int Apart) tile, ref float maxima, ref byte places)
        where TPool : IWindowPool<TVector>
    {
        int apart = tile.Apart;
        ref float bias = ref Unsafe.Add(ref weights, offsets.Length * tile.Width);
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
            weight = ref Unsafe.Add(ref weight, tile.Width);
        }

        TPool.Pool(f0, f1, f2, f3, ref maxima, ref places);
        TPool.Pool(g0, g1, g2, g3, ref Unsafe.Add(ref maxima, apart), ref Unsafe.Add(ref places, apart));
    }

    /// <summary>Two windows for two vectors of filters, where there are registers for sixteen chains: they share the loads of the weights.</summary>
    private static void TwoWindows<TPool>(
        ref float first, ref float second, ReadOnlySpan<int> offsets, nuint below, ref float weights, (int Width, int Apart) tile, ref float maxima, ref byte places, int next)
        where TPool : IWindowPool<TVector>
    {
        ref float bias = ref Unsafe.Add(ref weights, offsets.Length * tile.Width);
        nuint apart = (nuint)tile.Apart;
        TVector f0 = TVector.Load(ref bias, 0), f1 = f0, f2 = f0, f3 = f0, f4 = f0, f5 = f0, f6 = f0, f7 = f0;
        TVector g0 = TVector.Load(ref bias, apart), g1 = g0, g2 = g0, g3 = g0, g4 = g0, g5 = g0, g6 = g0, g7 = g0;
        ref float weight = ref weights;
        for (int t = 0; t < offsets.Length; t++)
        {
            ref float corner = ref Unsafe.Add(ref first, offsets[t]);
            TVector f = TVector.Load(ref weight, 0), g = TVector.Load(ref weight, apart);
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
            corner = ref Unsafe.Add(ref second, offsets[t]);
            x = TVector.Broadcast(corner);
            f4 = TVector.MultiplyAdd(x, f, f4);
            g4 = TVector.MultiplyAdd(x, g, g4);
            x = TVector.Broadcast(Unsafe.Add(ref corner, 1));
            f5 = TVector.MultiplyAdd(x, f, f5);
            g5 = TVector.MultiplyAdd(x, g, g5);
            corner = ref Unsafe.Add(ref corner, below);
            x = TVector.Broadcast(corner);
            f6 = TVector.MultiplyAdd(x, f, f6);
            g6 = TVector.MultiplyAdd(x, g, g6);
            x = TVector.Broadcast(Unsafe.Add(ref corner, 1));
            f7 = TVector.MultiplyAdd(x, f, f7);
            g7 = TVector.MultiplyAdd(x, g, g7);
            weight = ref Unsafe.Add(ref weight, tile.Width);
        }

        TPool.Pool(f0, f1, f2, f3, ref maxima, ref places);
        TPool.Pool(g0, g1, g2, g3, ref Unsafe.Add(ref maxima, apart), ref Unsafe.Add(ref places, apart));
        maxima = ref Unsafe.Add(ref maxima, next);
        places = ref Unsafe.Add(ref places, next);
        TPool.Pool(f4, f5, f6, f7, ref maxima, ref places);
        TPool.Pool(g4, g5, g6, g7, ref Unsafe.Add(ref maxima, apart), ref Unsafe.Add(ref places, apart));
    }

    /// <summary>The offset of a window's corner in the padded plane.</summary>
    private static int Corner(int window, in ConvPoolGeometry geometry)
    {
        (int row, int column) = Math.DivRem(window, geometry.PooledWidth);
        return 2 * ((row * geometry.Convolution.PaddedWidth) + column);
    }

    /// <summary>Copies the weights in the order of <see cref="PositionSums{TVector}.WeightAt"/>, with the biases as the last tap; padding filters are zero.</summary>
    private static void WeightsByTap(ReadOnlySpan<float> w, ReadOnlySpan<float> b, Span<float> target, in Conv2dGeometry geometry)
    {
        int taps = geometry.Taps;
        target.Clear();
        for (int f = 0; f < geometry.Filters; f++)
        {
            for (int t = 0; t < taps; t++)
            {
                target[PositionSums<TVector>.WeightAt(t, f, taps, geometry.Filters)] = w[(f * geometry.TapStride) + t];
            }

            target[PositionSums<TVector>.WeightAt(taps, f, taps, geometry.Filters)] = b.IsEmpty ? 0f : b[f];
        }
    }
}
