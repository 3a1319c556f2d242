using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ConvNN.Kernels.Sums;

namespace ConvNN.Kernels.Dense;

/// <content>
/// The input gradient. Lanes are inputs. <c>+ 0f</c> is added at the root of the tree instead of at each leaf; the result is the
/// same for zeros of either sign.
/// </content>
internal sealed partial class DenseVector<TVector>
{
    private protected override void InputGradientCore(ReadOnlySpan<float> dy, ReadOnlySpan<float> w, Span<float> dx, DenseGeometry geometry)
    {
        int width = Tile * TVector.Count;
        int leafStride = SampleTile * width;
        Span<float> leaves = stackalloc float[geometry.UnitLeaves * leafStride];
        ref float weights = ref MemoryMarshal.GetReference(w);
        for (int i = 0; i < geometry.InputStride; i += width)
        {
            // The tile of weights stays in the L1 cache for all samples.
            int vectors = Math.Min(Tile, (geometry.InputStride - i) / TVector.Count);
            int samples;
            for (int n = 0; n < geometry.Samples; n += samples)
            {
                samples = Math.Min(SampleTile, geometry.Samples - n);
                samples = samples == 3 ? 2 : samples;
                for (int h = 0; h < geometry.UnitLeaves; h++)
                {
                    int first = h * geometry.UnitsPerLeaf;
                    Leaf(
                        ref MemoryMarshal.GetReference(dy[((n * geometry.UnitStride) + first)..]),
                        ref Unsafe.Add(ref weights, (first * geometry.InputStride) + i),
                        Math.Min(geometry.UnitsPerLeaf, geometry.Units - first),
                        (samples, vectors),
                        ref leaves[h * leafStride],
                        geometry);
                }

                for (int s = 0; s < samples; s++)
                {
                    Join(ref leaves[s * width], geometry.UnitLeaves, leafStride, vectors, ref dx[((n + s) * geometry.InputStride) + i]);
                }
            }
        }
    }

    /// <summary>One leaf for a tile of samples by vectors, <c>sum[s, j] = Σ_k delta[s, k] · rows[k, j]</c>.</summary>
    private static void Leaf(ref float delta, ref float rows, int units, (int Samples, int Vectors) tile, ref float sums, DenseGeometry geometry)
    {
        int width = Tile * TVector.Count;
        ref float next = ref Unsafe.Add(ref delta, geometry.UnitStride);
        if (tile is (4, Tile))
        {
            FourSamples(ref delta, (nuint)geometry.UnitStride, ref rows, geometry.InputStride, units, ref sums);
            return;
        }

        if (tile is (2, Tile))
        {
            TwoSamples(ref delta, ref next, ref rows, geometry.InputStride, units, ref sums);
            return;
        }

        for (int s = 0; s < tile.Samples; s++)
        {
            for (int v = 0; v < tile.Vectors; v++)
            {
                int place = v * TVector.Count;
                OneChain(
                    ref Unsafe.Add(ref delta, s * geometry.UnitStride), ref Unsafe.Add(ref rows, place), geometry.InputStride, units, ref Unsafe.Add(ref sums, (s * width) + place));
            }
        }
    }

    /// <summary>Joins leaves vector by vector; eight or four leaves are straight-line code.</summary>
    private static void Join(ref float leaves, int count, int stride, int vectors, ref float target)
    {
        if (count is not (8 or 4))
        {
            SumTree.JoinVectors<TVector>(ref leaves, 0, count, stride, vectors);
        }

        for (nuint at = 0; at < (nuint)(vectors * TVector.Count); at += (nuint)TVector.Count)
        {
            TVector sum = count switch
            {
                8 => TVector.Add(Four(ref Unsafe.Add(ref leaves, at), (nuint)stride), Four(ref Unsafe.Add(ref leaves, at + (4 * (nuint)stride)), (nuint)stride)),
                4 => Four(ref Unsafe.Add(ref leaves, at), (nuint)stride),
                _ => TVector.Load(ref leaves, at),
            };
            TVector.Store(TVector.Add(sum, TVector.Zero), ref target, at);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Four(ref float leaves, nuint stride) => TVector.Add(
        TVector.Add(TVector.Load(ref leaves, 0), TVector.Load(ref leaves, stride)),
        TVector.Add(TVector.Load(ref leaves, 2 * stride), TVector.Load(ref leaves, 3 * stride)));

    /// <summary>Like <see cref="TwoSamples"/>, for four samples, <paramref name="next"/> deltas apart.</summary>
    private static void FourSamples(ref float delta, nuint next, ref float rows, int stride, int count, ref float sum)
    {
        TVector a0 = TVector.Zero, a1 = TVector.Zero, a2 = TVector.Zero, a3 = TVector.Zero;
        TVector b0 = TVector.Zero, b1 = TVector.Zero, b2 = TVector.Zero, b3 = TVector.Zero;
        TVector c0 = TVector.Zero, c1 = TVector.Zero, c2 = TVector.Zero, c3 = TVector.Zero;
        TVector d0 = TVector.Zero, d1 = TVector.Zero, d2 = TVector.Zero, d3 = TVector.Zero;
        ref float delta2 = ref Unsafe.Add(ref delta, 2 * next);
        ref float row = ref rows;
        for (nuint k = 0; k < (nuint)count; k++)
        {
            TVector w0 = TVector.Load(ref row, 0);
            TVector w1 = TVector.Load(ref row, (nuint)TVector.Count);
            TVector w2 = TVector.Load(ref row, (nuint)(2 * TVector.Count));
            TVector w3 = TVector.Load(ref row, (nuint)(3 * TVector.Count));
            TVector scale = TVector.Broadcast(Unsafe.Add(ref delta, k));
            a0 = TVector.MultiplyAdd(scale, w0, a0);
            a1 = TVector.MultiplyAdd(scale, w1, a1);
            a2 = TVector.MultiplyAdd(scale, w2, a2);
            a3 = TVector.MultiplyAdd(scale, w3, a3);
            scale = TVector.Broadcast(Unsafe.Add(ref delta, k + next));
            b0 = TVector.MultiplyAdd(scale, w0, b0);
            b1 = TVector.MultiplyAdd(scale, w1, b1);
            b2 = TVector.MultiplyAdd(scale, w2, b2);
            b3 = TVector.MultiplyAdd(scale, w3, b3);
            scale = TVector.Broadcast(Unsafe.Add(ref delta2, k));
            c0 = TVector.MultiplyAdd(scale, w0, c0);
            c1 = TVector.MultiplyAdd(scale, w1, c1);
            c2 = TVector.MultiplyAdd(scale, w2, c2);
            c3 = TVector.MultiplyAdd(scale, w3, c3);
            scale = TVector.Broadcast(Unsafe.Add(ref delta2, k + next));
            d0 = TVector.MultiplyAdd(scale, w0, d0);
            d1 = TVector.MultiplyAdd(scale, w1, d1);
            d2 = TVector.MultiplyAdd(scale, w2, d2);
            d3 = TVector.MultiplyAdd(scale, w3, d3);
            row = ref Unsafe.Add(ref row, stride);
        }

        Store(a0, a1, a2, a3, ref sum);
        Store(b0, b1, b2, b3, ref Unsafe.Add(ref sum, Tile * TVector.Count));
        Store(c0, c1, c2, c3, ref Unsafe.Add(ref sum, 2 * Tile * TVector.Count));
        Store(d0, d1, d2, d3, ref Unsafe.Add(ref sum, 3 * Tile * TVector.Count));
    }

    /// <summary>
    /// One leaf for a tile of four vectors by two samples, <c>sum[j] = Σ_k delta[k] · rows[k · stride + j]</c>, as chains from +0. Each
    /// row is loaded once for both samples.
    /// </summary>
    private static void TwoSamples(ref float delta0, ref float delta1, ref float rows, int stride, int count, ref float sum)
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

        Store(a0, a1, a2, a3, ref sum);
        Store(b0, b1, b2, b3, ref Unsafe.Add(ref sum, Tile * TVector.Count));
    }

    private static void OneChain(ref float delta, ref float rows, int stride, int count, ref float sum)
    {
        TVector s = TVector.Zero;
        for (int k = 0; k < count; k++)
        {
            s = TVector.MultiplyAdd(TVector.Broadcast(Unsafe.Add(ref delta, k)), TVector.Load(ref rows, (nuint)(k * stride)), s);
        }

        TVector.Store(s, ref sum, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TVector s0, TVector s1, TVector s2, TVector s3, ref float target)
    {
        TVector.Store(s0, ref target, 0);
        TVector.Store(s1, ref target, (nuint)TVector.Count);
        TVector.Store(s2, ref target, (nuint)(2 * TVector.Count));
        TVector.Store(s3, ref target, (nuint)(3 * TVector.Count));
    }
}
