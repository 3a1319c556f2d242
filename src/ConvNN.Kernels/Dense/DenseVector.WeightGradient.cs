using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ConvNN.Kernels.Sums;

namespace ConvNN.Kernels.Dense;

/// <content>
/// The weight gradient. Lanes are inputs. With few samples per leaf, leaves and tree stay in registers, for one vector of inputs;
/// with more, a tile of two vectors keeps the multiply-add units busy in each leaf, and the leaves are joined from the stack.
/// </content>
internal sealed partial class DenseVector<TVector>
{
    // Minimum number of samples per leaf for which storing it pays off. In registers, a dense layer of 1352×128 took 350 µs for
    // 128 samples, 48 % of the peak: four chains do not keep the multiply-add units busy.
    private const int LongLeaf = 8;

    // A tile is UnitTile units by two vectors of inputs.
    private const int UnitTile = 4;
    private const int TileVectors = 2 * UnitTile;

    private protected override void WeightGradientCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dw, ReadOnlySpan<int> edges, DenseGeometry geometry, float factor)
    {
        int vectors = geometry.InputStride / TVector.Count;
        int leaves = edges.Length - 1;
        int done = edges[leaves] - edges[0] >= LongLeaf * leaves ? vectors & ~1 : 0;
        if (done > 0)
        {
            ByTiles(x, dy, dw, edges, geometry, factor);
        }

        ByColumns(x, dy, dw, edges, geometry, factor, done);
    }

    /// <summary>Two vectors of inputs at a time; an odd last vector is left out.</summary>
    private static void ByTiles(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dw, ReadOnlySpan<int> edges, DenseGeometry geometry, float factor)
    {
        int leaves = edges.Length - 1, leafStride = TileVectors * TVector.Count, stride = geometry.InputStride;
        Span<float> sums = stackalloc float[leaves * leafStride];
        ref float sum = ref MemoryMarshal.GetReference(sums);
        TVector scale = TVector.Broadcast(factor);
        for (int i = 0; i <= stride - (2 * TVector.Count); i += 2 * TVector.Count)
        {
            // The columns of inputs stay in the L1 cache for all units.
            for (int o = 0; o < geometry.Units; o += UnitTile)
            {
                for (int h = 0; h < leaves; h++)
                {
                    int first = edges[h], count = edges[h + 1] - first;
                    if (count == 0)
                    {
                        sums.Slice(h * leafStride, leafStride).Clear();
                        continue;
                    }

                    TileLeaf(
                        ref MemoryMarshal.GetReference(x[((first * stride) + i)..]),
                        (nuint)stride,
                        ref MemoryMarshal.GetReference(dy[((first * geometry.UnitStride) + o)..]),
                        (nuint)geometry.UnitStride,
                        count,
                        ref Unsafe.Add(ref sum, h * leafStride));
                }

                int vectors = 2 * Math.Min(UnitTile, geometry.Units - o);
                JoinTile(ref sum, leaves, leafStride, vectors, scale, ref dw[(o * stride) + i], (nuint)stride);
            }
        }
    }

    /// <summary>One leaf of a tile: eight chains hide the latency of a multiply-add and share six loads.</summary>
    private static void TileLeaf(ref float rows, nuint stride, ref float scale, nuint scaleStride, int count, ref float sums)
    {
        TVector a0 = TVector.Zero, a1 = TVector.Zero, b0 = TVector.Zero, b1 = TVector.Zero;
        TVector c0 = TVector.Zero, c1 = TVector.Zero, d0 = TVector.Zero, d1 = TVector.Zero;
        ref float row = ref rows;
        ref float delta = ref scale;
        for (int n = 0; n < count; n++)
        {
            TVector x0 = TVector.Load(ref row, 0), x1 = TVector.Load(ref row, (nuint)TVector.Count);
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
            TVector.Store(TVector.Multiply(TVector.Add(sum, TVector.Zero), scale), ref target, ((nuint)(v >> 1) * stride) + (nuint)((v & 1) * TVector.Count));
        }
    }

    /// <summary>One vector of inputs at a time, starting at vector <paramref name="begin"/>.</summary>
    private static void ByColumns(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dw, ReadOnlySpan<int> edges, DenseGeometry geometry, float factor, int begin)
    {
        ref float inputs = ref MemoryMarshal.GetReference(x);
        ref float deltas = ref MemoryMarshal.GetReference(dy);
        ref float target = ref MemoryMarshal.GetReference(dw);
        nuint stride = (nuint)geometry.InputStride;
        Span<float> last = stackalloc float[4 * TVector.Count];
        for (nuint i = (nuint)(begin * TVector.Count); i < stride; i += (nuint)TVector.Count)
        {
            // The column of inputs stays in the L1 cache for all units.
            LeafTree<TVector> tree = new(edges, ref Unsafe.Add(ref inputs, i), geometry.InputStride, geometry.UnitStride, factor);
            int o = 0;
            for (; o <= geometry.Units - 4; o += 4)
            {
                tree.Sum(ref Unsafe.Add(ref deltas, o), ref Unsafe.Add(ref target, ((nuint)o * stride) + i), stride);
            }

            if (o < geometry.Units)
            {
                // The columns after the last unit are padding.
                tree.Sum(ref Unsafe.Add(ref deltas, o), ref MemoryMarshal.GetReference(last), (nuint)TVector.Count);
                for (int k = 0; o + k < geometry.Units; k++)
                {
                    last.Slice(k * TVector.Count, TVector.Count).CopyTo(dw[(int)(((nuint)(o + k) * stride) + i)..]);
                }
            }
        }
    }
}
