using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ConvNN.Kernels.Optimizers;
using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Dense;

/// <content>
/// The weight gradient and what is done with it. Lanes are inputs. With few samples per leaf, leaves and tree stay in registers, for one
/// vector of inputs, and so does the gradient until the weights are changed; with more, a tile of two vectors keeps the multiply-add units
/// busy in each leaf, and the leaves are joined from the stack.
/// </content>
internal sealed partial class DenseVector<TVector>
{
    // Minimum number of samples per leaf for which storing it pays off: four chains do not keep the multiply-add units busy.
    private const int LongLeaf = 8;

    // A tile is UnitTile units by two vectors of inputs.
    private const int UnitTile = 4;
    private const int TileSums = 2 * UnitTile;

    // Inputs that stay in the L1 cache.
    private const int InputLength = 8_192;

    // Deltas of which a copy is kept at a time.
    private const int DeltaLength = 16_384;

    // Inputs that are processed for all units, four at a time, while they stay in the cache. Long runs of a row help the processor to
    // fetch weights and state in time.
    private const int BlockLength = 512;

    private protected override void BiasGradientCore(ReadOnlySpan<float> dy, Span<float> db, ReadOnlySpan<int> edges, DenseGeometry geometry, float factor)
    {
        // Lanes are units; the reference has the last ones that fill no vector.
        int leaves = edges.Length - 1, whole = geometry.Units & -TVector.Count;
        Span<float> memory = stackalloc float[leaves * TVector.Count];
        ref float sums = ref MemoryMarshal.GetReference(memory);
        ref float deltas = ref MemoryMarshal.GetReference(dy);
        for (int o = 0; o < whole; o += TVector.Count)
        {
            for (int h = 0; h < leaves; h++)
            {
                TVector sum = TVector.Zero;
                for (int n = edges[h]; n < edges[h + 1]; n++)
                {
                    sum = TVector.Add(sum, TVector.Load(ref deltas, (nuint)((n * geometry.UnitStride) + o)));
                }

                TVector.Store(sum, ref sums, (nuint)(h * TVector.Count));
            }

            SumTree.JoinVectors<TVector>(ref sums, 0, leaves, TVector.Count, vectors: 1);
            TVector.Store(TVector.Multiply(TVector.Load(ref sums, 0), TVector.Broadcast(factor)), ref MemoryMarshal.GetReference(db), (nuint)o);
        }

        DenseReference.BiasGradient(dy, db, edges, geometry, factor, whole);
    }

    private protected override void StepCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> weights, ReadOnlySpan<int> edges, DenseGeometry geometry, float factor, in WeightUpdate update)
    {
        StepLoop loop = new(x, dy, weights, edges, geometry, factor);
        VectorUpdate.Run<TVector, StepLoop>(update, ref loop);
    }

    /// <summary>
    /// Four units by one vector of inputs at a time. The chains of a leaf and the tree are in registers: a leaf whose number ends with a binary
    /// 1 is the right one of two, which are joined; so are two pairs, and two fours.
    /// </summary>
    private static void TreeTiles<TUpdate>(
        ReadOnlySpan<int> edges,
        ref float rows,
        nuint stride,
        int length,
        ref float scale,
        nuint scaleStride,
        float factor,
        scoped ref TUpdate update,
        ref float target,
        nuint index,
        nuint targetStride)
        where TUpdate : IVectorUpdate<TVector>, allows ref struct
    {
        TVector by = TVector.Broadcast(factor);
        ref int edge = ref MemoryMarshal.GetReference(edges);
        nint leaves = edges.Length - 1;
        rows = ref Unsafe.Add(ref rows, (nuint)edge * stride);
        scale = ref Unsafe.Add(ref scale, (nuint)edge * scaleStride);
        for (; length > 0; length -= TVector.Count, index += (nuint)TVector.Count)
        {
            TVector a2 = TVector.Zero, b2 = TVector.Zero, c2 = TVector.Zero, d2 = TVector.Zero;
            TVector a4 = TVector.Zero, b4 = TVector.Zero, c4 = TVector.Zero, d4 = TVector.Zero;
            TVector a = TVector.Zero, b = TVector.Zero, c = TVector.Zero, d = TVector.Zero;
            int n = edge;
            ref float row = ref rows;
            ref float delta = ref scale;
            for (nint h = 1; h < leaves; h += 2)
            {
                // The first sample of a leaf is a product; a zero that has the wrong sign has the right one after the last + 0f.
                TVector x = TVector.Load(ref row, 0);
                a = TVector.Multiply(TVector.Broadcast(delta), x);
                b = TVector.Multiply(TVector.Broadcast(Unsafe.Add(ref delta, 1)), x);
                c = TVector.Multiply(TVector.Broadcast(Unsafe.Add(ref delta, 2)), x);
                d = TVector.Multiply(TVector.Broadcast(Unsafe.Add(ref delta, 3)), x);
                row = ref Unsafe.Add(ref row, stride);
                delta = ref Unsafe.Add(ref delta, scaleStride);
                n++;
                for (int end = Unsafe.Add(ref edge, h); n < end; n++)
                {
                    x = TVector.Load(ref row, 0);
                    a = TVector.MultiplyAdd(TVector.Broadcast(delta), x, a);
                    b = TVector.MultiplyAdd(TVector.Broadcast(Unsafe.Add(ref delta, 1)), x, b);
                    c = TVector.MultiplyAdd(TVector.Broadcast(Unsafe.Add(ref delta, 2)), x, c);
                    d = TVector.MultiplyAdd(TVector.Broadcast(Unsafe.Add(ref delta, 3)), x, d);
                    row = ref Unsafe.Add(ref row, stride);
                    delta = ref Unsafe.Add(ref delta, scaleStride);
                }

                x = TVector.Load(ref row, 0);
                TVector a1 = TVector.Multiply(TVector.Broadcast(delta), x);
                TVector b1 = TVector.Multiply(TVector.Broadcast(Unsafe.Add(ref delta, 1)), x);
                TVector c1 = TVector.Multiply(TVector.Broadcast(Unsafe.Add(ref delta, 2)), x);
                TVector d1 = TVector.Multiply(TVector.Broadcast(Unsafe.Add(ref delta, 3)), x);
                row = ref Unsafe.Add(ref row, stride);
                delta = ref Unsafe.Add(ref delta, scaleStride);
                n++;
                for (int end = Unsafe.Add(ref edge, h + 1); n < end; n++)
                {
                    x = TVector.Load(ref row, 0);
                    a1 = TVector.MultiplyAdd(TVector.Broadcast(delta), x, a1);
                    b1 = TVector.MultiplyAdd(TVector.Broadcast(Unsafe.Add(ref delta, 1)), x, b1);
                    c1 = TVector.MultiplyAdd(TVector.Broadcast(Unsafe.Add(ref delta, 2)), x, c1);
                    d1 = TVector.MultiplyAdd(TVector.Broadcast(Unsafe.Add(ref delta, 3)), x, d1);
                    row = ref Unsafe.Add(ref row, stride);
                    delta = ref Unsafe.Add(ref delta, scaleStride);
                }

                (a, b, c, d) = (TVector.Add(a, a1), TVector.Add(b, b1), TVector.Add(c, c1), TVector.Add(d, d1));
                if ((h & 2) == 0)
                {
                    (a2, b2, c2, d2) = (a, b, c, d);
                    continue;
                }

                (a, b, c, d) = (TVector.Add(a2, a), TVector.Add(b2, b), TVector.Add(c2, c), TVector.Add(d2, d));
                if ((h & 4) == 0)
                {
                    (a4, b4, c4, d4) = (a, b, c, d);
                    continue;
                }

                (a, b, c, d) = (TVector.Add(a4, a), TVector.Add(b4, b), TVector.Add(c4, c), TVector.Add(d4, d));
            }

            update.Apply(TVector.MultiplyAdd(a, by, TVector.Zero), ref target, index, default(WholeStore<TVector>));
            update.Apply(TVector.MultiplyAdd(b, by, TVector.Zero), ref target, index + targetStride, default(WholeStore<TVector>));
            update.Apply(TVector.MultiplyAdd(c, by, TVector.Zero), ref target, index + (2 * targetStride), default(WholeStore<TVector>));
            update.Apply(TVector.MultiplyAdd(d, by, TVector.Zero), ref target, index + (3 * targetStride), default(WholeStore<TVector>));
            rows = ref Unsafe.Add(ref rows, TVector.Count);
        }
    }

    /// <summary>Where the second vector of a tile is; if there is but one, it is computed twice.</summary>
    private static nuint Second(int length) => length > TVector.Count ? (nuint)TVector.Count : 0;

    /// <summary>One leaf of a tile: eight chains hide the latency of a multiply-add and share six loads.</summary>
    private static void TileLeaf(ref float rows, nuint second, nuint stride, ref float scale, nuint scaleStride, int count, ref float sums)
    {
        TVector a0 = TVector.Zero, a1 = TVector.Zero, b0 = TVector.Zero, b1 = TVector.Zero;
        TVector c0 = TVector.Zero, c1 = TVector.Zero, d0 = TVector.Zero, d1 = TVector.Zero;
        ref float row = ref rows;
        ref float delta = ref scale;
        for (int n = 0; n < count; n++)
        {
            TVector x0 = TVector.Load(ref row, 0), x1 = TVector.Load(ref row, second);
            TVector by = TVector.Broadcast(delta);
            a0 = TVector.MultiplyAdd(by, x0, a0);
            a1 = TVector.MultiplyAdd(by, x1, a1);
            by = TVector.Broadcast(Unsafe.Add(ref delta, 1));
            b0 = TVector.MultiplyAdd(by, x0, b0);
            b1 = TVector.MultiplyAdd(by, x1, b1);
            by = TVector.Broadcast(Unsafe.Add(ref delta, 2));
            c0 = TVector.MultiplyAdd(by, x0, c0);
            c1 = TVector.MultiplyAdd(by, x1, c1);
            by = TVector.Broadcast(Unsafe.Add(ref delta, 3));
            d0 = TVector.MultiplyAdd(by, x0, d0);
            d1 = TVector.MultiplyAdd(by, x1, d1);
            row = ref Unsafe.Add(ref row, stride);
            delta = ref Unsafe.Add(ref delta, scaleStride);
        }

        Store(a0, a1, b0, b1, ref sums);
        Store(c0, c1, d0, d1, ref Unsafe.Add(ref sums, 4 * TVector.Count));
    }

    /// <summary>Joins the leaves of a tile and writes the sums, two vectors per unit.</summary>
    private static void JoinTile(ref float leaves, int count, int leafStride, int vectors, TVector scale, ref float target, nuint stride)
    {
        if (count != 8)
        {
            SumTree.JoinVectors<TVector>(ref leaves, 0, count, leafStride, vectors);
        }

        nuint apart = (nuint)leafStride, half = 4 * apart;
        for (int v = 0; v < vectors; v++)
        {
            nuint at = (nuint)(v * TVector.Count);
            TVector sum = count == 8
                ? TVector.Add(Four(ref Unsafe.Add(ref leaves, at), apart), Four(ref Unsafe.Add(ref leaves, at + half), apart))
                : TVector.Load(ref leaves, at);
            TVector.Store(TVector.MultiplyAdd(sum, scale, TVector.Zero), ref target, ((nuint)(v >> 1) * stride) + (nuint)((v & 1) * TVector.Count));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Four(ref float leaves, nuint stride) => TVector.Add(
        TVector.Add(TVector.Load(ref leaves, 0), TVector.Load(ref leaves, stride)),
        TVector.Add(TVector.Load(ref leaves, 2 * stride), TVector.Load(ref leaves, 3 * stride)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TVector s0, TVector s1, TVector s2, TVector s3, ref float target)
    {
        TVector.Store(s0, ref target, 0);
        TVector.Store(s1, ref target, (nuint)TVector.Count);
        TVector.Store(s2, ref target, (nuint)(2 * TVector.Count));
        TVector.Store(s3, ref target, (nuint)(3 * TVector.Count));
    }
}
