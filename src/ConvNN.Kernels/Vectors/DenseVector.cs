using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ConvNN.Kernels.Vectors;

/// <summary>The fully connected layer on vectors: rows are padded to whole lanes, so there are no tails.</summary>
internal sealed class DenseVector<TVector> : DenseKernels
    where TVector : struct, IVector<TVector>
{
    // Vectors of a tile along the inputs, or rows of weights; each with two samples. Eight accumulators hide the latency
    // of a multiply-add on two pipes, and with four rows and an input or two they fit the 16 registers of AVX2.
    private const int Tile = 4;

    private protected override void ForwardCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> b, Span<float> y, DenseGeometry geometry)
    {
        int stride = geometry.InputStride;
        Span<float> lanes = stackalloc float[2 * Tile * Lanes.Count];
        ref float lane0 = ref MemoryMarshal.GetReference(lanes);
        for (int o = 0; o < geometry.Units; o += Tile)
        {
            // The rows of weights stay in the first cache over all samples.
            int rows = Math.Min(Tile, geometry.Units - o);
            ref float weights = ref MemoryMarshal.GetReference(w[(o * stride)..]);
            for (int n = 0; n < geometry.Samples; n += 2)
            {
                int samples = Math.Min(2, geometry.Samples - n);
                ref float sample = ref MemoryMarshal.GetReference(x[(n * stride)..]);
                if (samples == 2 && rows == Tile)
                {
                    EightDots(ref sample, ref weights, stride, ref lane0);
                }
                else
                {
                    for (int d = 0; d < samples * rows; d++)
                    {
                        OneDot(ref Unsafe.Add(ref sample, d / rows * stride), ref Unsafe.Add(ref weights, d % rows * stride), stride, ref lanes[d * Lanes.Count]);
                    }
                }

                for (int d = 0; d < samples * rows; d++)
                {
                    int unit = o + (d % rows);
                    float sum = AddHalves(ref lanes[d * Lanes.Count]) + 0f;
                    y[((n + (d / rows)) * geometry.UnitStride) + unit] = b.IsEmpty ? sum : sum + b[unit];
                }
            }
        }
    }

    private protected override void InputGradientCore(ReadOnlySpan<float> dy, ReadOnlySpan<float> w, Span<float> dx, DenseGeometry geometry)
    {
        int width = Tile * TVector.Count;
        int leafStride = 2 * width;
        Span<float> leaves = stackalloc float[geometry.UnitLeaves * leafStride];
        ref float leaf0 = ref MemoryMarshal.GetReference(leaves);
        ref float weights = ref MemoryMarshal.GetReference(w);
        for (int i = 0; i < geometry.InputStride; i += width)
        {
            // The tile of weights stays in the first cache over all samples.
            int vectors = Math.Min(Tile, (geometry.InputStride - i) / TVector.Count);
            for (int n = 0; n < geometry.Samples; n += 2)
            {
                int samples = Math.Min(2, geometry.Samples - n);
                ref float deltas = ref MemoryMarshal.GetReference(dy[(n * geometry.UnitStride)..]);
                for (int h = 0; h < geometry.UnitLeaves; h++)
                {
                    int first = h * geometry.UnitsPerLeaf;
                    int units = Math.Min(geometry.UnitsPerLeaf, geometry.Units - first);
                    ref float delta = ref Unsafe.Add(ref deltas, first);
                    ref float rows = ref Unsafe.Add(ref weights, (first * geometry.InputStride) + i);
                    ref float sums = ref Unsafe.Add(ref leaf0, h * leafStride);
                    if (samples == 2 && vectors == Tile)
                    {
                        TwoChains(ref delta, ref Unsafe.Add(ref delta, geometry.UnitStride), ref rows, geometry.InputStride, units, ref sums);
                        continue;
                    }

                    for (int v = 0; v < samples * vectors; v++)
                    {
                        int place = v % vectors * TVector.Count;
                        OneChain(
                            ref Unsafe.Add(ref delta, v / vectors * geometry.UnitStride),
                            ref Unsafe.Add(ref rows, place),
                            geometry.InputStride,
                            units,
                            ref Unsafe.Add(ref sums, (v / vectors * width) + place));
                    }
                }

                SumTree.JoinVectors<TVector>(ref leaf0, 0, geometry.UnitLeaves, leafStride, 2 * Tile);
                for (int s = 0; s < samples; s++)
                {
                    leaves.Slice(s * width, vectors * TVector.Count).CopyTo(dx[(((n + s) * geometry.InputStride) + i)..]);
                }
            }
        }
    }

    private protected override void WeightGradientCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dw, ReadOnlySpan<int> edges, DenseGeometry geometry)
    {
        ref float inputs = ref MemoryMarshal.GetReference(x);
        ref float deltas = ref MemoryMarshal.GetReference(dy);
        ref float target = ref MemoryMarshal.GetReference(dw);
        for (int i = 0; i < geometry.InputStride; i += TVector.Count)
        {
            // The column of inputs stays in the first cache over all units.
            LeafTree<TVector> tree = new(edges, ref Unsafe.Add(ref inputs, i), geometry.InputStride, geometry.UnitStride);
            for (int o = 0; o < geometry.Units; o += 2)
            {
                // The column behind the last unit is padding, or the next sample; its sum is not stored.
                LeafTree<TVector>.Pair sums = tree.Sum(ref Unsafe.Add(ref deltas, o));
                TVector.Store(sums.First, ref target, (nuint)((o * geometry.InputStride) + i));
                if (o + 1 < geometry.Units)
                {
                    TVector.Store(sums.Second, ref target, (nuint)(((o + 1) * geometry.InputStride) + i));
                }
            }
        }
    }

    /// <summary>
    /// One leaf for a tile of four vectors and two samples, <c>sum[j] = Σ_k delta[k] · rows[k · stride + j]</c>: chains
    /// from +0 that end in <c>+ 0f</c>. A row is loaded once for both samples.
    /// </summary>
    private static void TwoChains(ref float delta0, ref float delta1, ref float rows, int stride, int count, ref float sum)
    {
        TVector a0 = TVector.Zero, a1 = TVector.Zero, a2 = TVector.Zero, a3 = TVector.Zero;
        TVector b0 = TVector.Zero, b1 = TVector.Zero, b2 = TVector.Zero, b3 = TVector.Zero;
        for (int k = 0; k < count; k++)
        {
            ref float row = ref Unsafe.Add(ref rows, k * stride);
            TVector w0 = TVector.Load(ref row, 0);
            TVector w1 = TVector.Load(ref row, (nuint)TVector.Count);
            TVector w2 = TVector.Load(ref row, (nuint)(2 * TVector.Count));
            TVector w3 = TVector.Load(ref row, (nuint)(3 * TVector.Count));
            TVector first = TVector.Broadcast(Unsafe.Add(ref delta0, k));
            a0 = TVector.MultiplyAdd(first, w0, a0);
            a1 = TVector.MultiplyAdd(first, w1, a1);
            a2 = TVector.MultiplyAdd(first, w2, a2);
            a3 = TVector.MultiplyAdd(first, w3, a3);
            TVector second = TVector.Broadcast(Unsafe.Add(ref delta1, k));
            b0 = TVector.MultiplyAdd(second, w0, b0);
            b1 = TVector.MultiplyAdd(second, w1, b1);
            b2 = TVector.MultiplyAdd(second, w2, b2);
            b3 = TVector.MultiplyAdd(second, w3, b3);
        }

        VectorTile<TVector>.Store(a0, a1, a2, a3, ref sum, TVector.Count);
        VectorTile<TVector>.Store(b0, b1, b2, b3, ref Unsafe.Add(ref sum, Tile * TVector.Count), TVector.Count);
    }

    private static void OneChain(ref float delta, ref float rows, int stride, int count, ref float sum)
    {
        TVector s = TVector.Zero;
        for (int k = 0; k < count; k++)
        {
            s = TVector.MultiplyAdd(TVector.Broadcast(Unsafe.Add(ref delta, k)), TVector.Load(ref rows, (nuint)(k * stride)), s);
        }

        TVector.Store(TVector.Add(s, TVector.Zero), ref sum, 0);
    }

    /// <summary>The 16 lane sums of two samples with each of four neighbouring rows of weights.</summary>
    private static void EightDots(ref float x, ref float w, int stride, ref float lanes)
    {
        ref float x1 = ref Unsafe.Add(ref x, stride);
        ref float w1 = ref Unsafe.Add(ref w, stride);
        ref float w2 = ref Unsafe.Add(ref w, 2 * stride);
        ref float w3 = ref Unsafe.Add(ref w, 3 * stride);
        for (int lane = 0; lane < Lanes.Count; lane += TVector.Count)
        {
            TVector a0 = TVector.Zero, a1 = TVector.Zero, a2 = TVector.Zero, a3 = TVector.Zero;
            TVector b0 = TVector.Zero, b1 = TVector.Zero, b2 = TVector.Zero, b3 = TVector.Zero;
            for (nuint i = (nuint)lane; i < (nuint)stride; i += Lanes.Count)
            {
                TVector first = TVector.Load(ref x, i);
                TVector second = TVector.Load(ref x1, i);
                TVector row = TVector.Load(ref w, i);
                a0 = TVector.MultiplyAdd(first, row, a0);
                b0 = TVector.MultiplyAdd(second, row, b0);
                row = TVector.Load(ref w1, i);
                a1 = TVector.MultiplyAdd(first, row, a1);
                b1 = TVector.MultiplyAdd(second, row, b1);
                row = TVector.Load(ref w2, i);
                a2 = TVector.MultiplyAdd(first, row, a2);
                b2 = TVector.MultiplyAdd(second, row, b2);
                row = TVector.Load(ref w3, i);
                a3 = TVector.MultiplyAdd(first, row, a3);
                b3 = TVector.MultiplyAdd(second, row, b3);
            }

            VectorTile<TVector>.Store(a0, a1, a2, a3, ref Unsafe.Add(ref lanes, lane), Lanes.Count);
            VectorTile<TVector>.Store(b0, b1, b2, b3, ref Unsafe.Add(ref lanes, lane + (Tile * Lanes.Count)), Lanes.Count);
        }
    }

    private static void OneDot(ref float x, ref float w, int stride, ref float lanes)
    {
        for (int lane = 0; lane < Lanes.Count; lane += TVector.Count)
        {
            TVector s = TVector.Zero;
            for (nuint i = (nuint)lane; i < (nuint)stride; i += Lanes.Count)
            {
                s = TVector.MultiplyAdd(TVector.Load(ref x, i), TVector.Load(ref w, i), s);
            }

            TVector.Store(s, ref lanes, (nuint)lane);
        }
    }

    /// <summary>Adds the upper half of 16 lanes to the lower, four times.</summary>
    private static float AddHalves(ref float lanes)
    {
        Vector128<float> four = (Load(ref lanes, 0) + Load(ref lanes, 8)) + (Load(ref lanes, 4) + Load(ref lanes, 12));
        return (four[0] + four[2]) + (four[1] + four[3]);

        static Vector128<float> Load(ref float source, nuint index) => Vector128.LoadUnsafe(ref source, index);
    }
}
