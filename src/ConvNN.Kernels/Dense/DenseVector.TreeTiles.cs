using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ConvNN.Kernels.Optimizers;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Dense;

/// <content>
/// Tiles of the weight gradient for leaves of a few samples. All leaves of a tile and their tree are in registers, so what is written out
/// here twice, for two and for three vectors of inputs, cannot be a loop over vectors.
/// </content>
internal sealed partial class DenseVector<TVector>
{
    // Units of a tile whose tree is in registers.
    private const int TreeUnits = 2;

    // Its vectors of inputs: the 32 registers of AVX-512 have space for the tree of three.
    private const int WideVectors = 3;
    private static readonly int TreeVectors = TVector.Count == Lanes.Count ? WideVectors : 2;

    /// <summary>Two units by two or three vectors of inputs at a time. The chains of a leaf and the tree are in registers.</summary>
    /// <remarks>A store of some lanes is for a single vector.</remarks>
    private static void TreeTiles<TUpdate, TSquares, TStore>(
        ReadOnlySpan<int> edges,
        ref float rows,
        nuint stride,
        int length,
        ref float scale,
        nuint scaleStride,
        nuint other,
        float factor,
        scoped ref GradientUse<TVector, TUpdate, TSquares> use,
        ref float target,
        nuint index,
        nuint targetStride,
        TStore store)
        where TUpdate : IVectorUpdate<TVector>, allows ref struct
        where TSquares : struct, IColumnSquares<TVector>, allows ref struct
        where TStore : struct, IVectorStore<TVector>
    {
        ref int edge = ref MemoryMarshal.GetReference(edges);
        int leaves = edges.Length - 1, width = WideVectors * TVector.Count;
        rows = ref Unsafe.Add(ref rows, (nuint)edge * stride);
        scale = ref Unsafe.Add(ref scale, (nuint)edge * scaleStride);

        // At the end two and two rather than three and one.
        int tiles = TVector.Count < Lanes.Count ? 0 : length % width == TVector.Count ? (length / width) - 1 : length / width;
        if (tiles > 0)
        {
            WideTiles(ref edge, leaves, ref rows, stride, ref scale, scaleStride, other, factor, ref use, ref target, index, index + targetStride, tiles);
        }

        for (int i = Math.Max(0, tiles) * width; i < length; i += 2 * TVector.Count)
        {
            // Where the rows end, the last vector is computed again.
            nuint second = (nuint)Math.Min(TVector.Count, length - i - TVector.Count), at = index + (nuint)i;
            TreeTile(ref edge, leaves, ref Unsafe.Add(ref rows, i), second, stride, ref scale, scaleStride, other, factor, ref use, ref target, at, at + targetStride, store);
        }
    }

    /// <summary>A tile of two, four or eight leaves. On its own, since the compiler inlines only so much into one method.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void TreeTile<TUpdate, TSquares, TStore>(
        ref int edge,
        int leaves,
        ref float rows,
        nuint second,
        nuint stride,
        ref float scale,
        nuint scaleStride,
        nuint other,
        float factor,
        scoped ref GradientUse<TVector, TUpdate, TSquares> use,
        ref float target,
        nuint index,
        nuint below,
        TStore store)
        where TUpdate : IVectorUpdate<TVector>, allows ref struct
        where TSquares : struct, IColumnSquares<TVector>, allows ref struct
        where TStore : struct, IVectorStore<TVector>
    {
        int n = edge;
        nuint row = 0, delta = 0;
        Leaf(ref rows, second, stride, ref scale, scaleStride, other, Unsafe.Add(ref edge, 1), ref n, ref row, ref delta, out TVector a0, out TVector a1, out TVector b0, out TVector b1);
        Leaf(ref rows, second, stride, ref scale, scaleStride, other, Unsafe.Add(ref edge, 2), ref n, ref row, ref delta, out TVector c0, out TVector c1, out TVector d0, out TVector d1);
        Add(c0, c1, d0, d1, ref a0, ref a1, ref b0, ref b1);
        if (leaves > 2)
        {
            Leaf(ref rows, second, stride, ref scale, scaleStride, other, Unsafe.Add(ref edge, 3), ref n, ref row, ref delta, out c0, out c1, out d0, out d1);
            Leaf(ref rows, second, stride, ref scale, scaleStride, other, Unsafe.Add(ref edge, 4), ref n, ref row, ref delta, out TVector e0, out TVector e1, out TVector f0, out TVector f1);
            Add(e0, e1, f0, f1, ref c0, ref c1, ref d0, ref d1);
            Add(c0, c1, d0, d1, ref a0, ref a1, ref b0, ref b1);
        }

        if (leaves > 4)
        {
            Leaf(ref rows, second, stride, ref scale, scaleStride, other, Unsafe.Add(ref edge, 5), ref n, ref row, ref delta, out c0, out c1, out d0, out d1);
            Leaf(ref rows, second, stride, ref scale, scaleStride, other, Unsafe.Add(ref edge, 6), ref n, ref row, ref delta, out TVector e0, out TVector e1, out TVector f0, out TVector f1);
            Add(e0, e1, f0, f1, ref c0, ref c1, ref d0, ref d1);
            Leaf(ref rows, second, stride, ref scale, scaleStride, other, Unsafe.Add(ref edge, 7), ref n, ref row, ref delta, out e0, out e1, out f0, out f1);
            Leaf(ref rows, second, stride, ref scale, scaleStride, other, Unsafe.Add(ref edge, 8), ref n, ref row, ref delta, out TVector g0, out TVector g1, out TVector h0, out TVector h1);
            Add(g0, g1, h0, h1, ref e0, ref e1, ref f0, ref f1);
            Add(e0, e1, f0, f1, ref c0, ref c1, ref d0, ref d1);
            Add(c0, c1, d0, d1, ref a0, ref a1, ref b0, ref b1);
        }

        TVector by = TVector.Broadcast(factor);
        GradientUse<TVector, TUpdate, TSquares> local = use;
        Use(a0, b0, by, ref local, ref target, index, below, store);
        if (second == (nuint)TVector.Count)
        {
            Use(a1, b1, by, ref local, ref target, index + second, below + second, store);
        }
    }

    /// <summary>Tiles of three vectors of inputs side by side.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WideTiles<TUpdate, TSquares>(
        ref int edge,
        int leaves,
        ref float rows,
        nuint stride,
        ref float scale,
        nuint scaleStride,
        nuint other,
        float factor,
        scoped ref GradientUse<TVector, TUpdate, TSquares> use,
        ref float target,
        nuint index,
        nuint below,
        int tiles)
        where TUpdate : IVectorUpdate<TVector>, allows ref struct
        where TSquares : struct, IColumnSquares<TVector>, allows ref struct
    {
        TVector by = TVector.Broadcast(factor);
        GradientUse<TVector, TUpdate, TSquares> local = use;
        for (int tile = 0; tile < tiles; tile++)
        {
            int n = edge;
            nuint row = 0, delta = 0;
            Leaf(ref rows, stride, ref scale, scaleStride, other, Unsafe.Add(ref edge, 1), ref n, ref row, ref delta, out TVector a0, out TVector a1, out TVector a2, out TVector b0, out TVector b1, out TVector b2);
            Leaf(ref rows, stride, ref scale, scaleStride, other, Unsafe.Add(ref edge, 2), ref n, ref row, ref delta, out TVector c0, out TVector c1, out TVector c2, out TVector d0, out TVector d1, out TVector d2);
            Add(c0, c1, c2, d0, d1, d2, ref a0, ref a1, ref a2, ref b0, ref b1, ref b2);
            if (leaves > 2)
            {
                Leaf(ref rows, stride, ref scale, scaleStride, other, Unsafe.Add(ref edge, 3), ref n, ref row, ref delta, out c0, out c1, out c2, out d0, out d1, out d2);
                Leaf(ref rows, stride, ref scale, scaleStride, other, Unsafe.Add(ref edge, 4), ref n, ref row, ref delta, out TVector e0, out TVector e1, out TVector e2, out TVector f0, out TVector f1, out TVector f2);
                Add(e0, e1, e2, f0, f1, f2, ref c0, ref c1, ref c2, ref d0, ref d1, ref d2);
                Add(c0, c1, c2, d0, d1, d2, ref a0, ref a1, ref a2, ref b0, ref b1, ref b2);
            }

            if (leaves > 4)
            {
                Leaf(ref rows, stride, ref scale, scaleStride, other, Unsafe.Add(ref edge, 5), ref n, ref row, ref delta, out c0, out c1, out c2, out d0, out d1, out d2);
                Leaf(ref rows, stride, ref scale, scaleStride, other, Unsafe.Add(ref edge, 6), ref n, ref row, ref delta, out TVector e0, out TVector e1, out TVector e2, out TVector f0, out TVector f1, out TVector f2);
                Add(e0, e1, e2, f0, f1, f2, ref c0, ref c1, ref c2, ref d0, ref d1, ref d2);
                Leaf(ref rows, stride, ref scale, scaleStride, other, Unsafe.Add(ref edge, 7), ref n, ref row, ref delta, out e0, out e1, out e2, out f0, out f1, out f2);
                Leaf(ref rows, stride, ref scale, scaleStride, other, Unsafe.Add(ref edge, 8), ref n, ref row, ref delta, out TVector g0, out TVector g1, out TVector g2, out TVector h0, out TVector h1, out TVector h2);
                Add(g0, g1, g2, h0, h1, h2, ref e0, ref e1, ref e2, ref f0, ref f1, ref f2);
                Add(e0, e1, e2, f0, f1, f2, ref c0, ref c1, ref c2, ref d0, ref d1, ref d2);
                Add(c0, c1, c2, d0, d1, d2, ref a0, ref a1, ref a2, ref b0, ref b1, ref b2);
            }

            nuint one = (nuint)TVector.Count, two = one + one;
            Use(a0, b0, by, ref local, ref target, index, below, default(WholeStore<TVector>));
            Use(a1, b1, by, ref local, ref target, index + one, below + one, default(WholeStore<TVector>));
            Use(a2, b2, by, ref local, ref target, index + two, below + two, default(WholeStore<TVector>));
            rows = ref Unsafe.Add(ref rows, two + one);
            index += two + one;
            below += two + one;
        }
    }

    /// <summary>Averages the sums of two units, changes their weights, and adds the squares.</summary>
    /// <remarks>The caller has a copy of what it does, since fields behind a reference would be loaded again after each store.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Use<TUpdate, TSquares, TStore>(
        TVector first,
        TVector second,
        TVector factor,
        scoped ref GradientUse<TVector, TUpdate, TSquares> use,
        ref float target,
        nuint index,
        nuint below,
        TStore store)
        where TUpdate : IVectorUpdate<TVector>, allows ref struct
        where TSquares : struct, IColumnSquares<TVector>, allows ref struct
        where TStore : struct, IVectorStore<TVector>
    {
        first = TVector.MultiplyAdd(first, factor, TVector.Zero);
        second = TVector.MultiplyAdd(second, factor, TVector.Zero);
        use.Update.Apply(first, ref target, index, store);
        use.Update.Apply(second, ref target, below, store);
        use.Squares.Add(first, second, index, store);
    }

    /// <summary>The chains of a leaf, which begin with a product; a zero that has the wrong sign has the right one after the last + 0f.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Leaf(
        ref float rows, nuint second, nuint stride, ref float scale, nuint scaleStride, nuint other, int end, ref int n, ref nuint row, ref nuint delta,
        out TVector a0, out TVector a1, out TVector b0, out TVector b1)
    {
        ref float x = ref Unsafe.Add(ref rows, row);
        TVector x0 = TVector.Load(ref x, 0), x1 = TVector.Load(ref x, second);
        TVector by = TVector.Broadcast(Unsafe.Add(ref scale, delta)), byOther = TVector.Broadcast(Unsafe.Add(ref scale, delta + other));
        a0 = TVector.Multiply(by, x0);
        a1 = TVector.Multiply(by, x1);
        b0 = TVector.Multiply(byOther, x0);
        b1 = TVector.Multiply(byOther, x1);
        row += stride;
        delta += scaleStride;
        for (n++; n < end; n++)
        {
            x = ref Unsafe.Add(ref rows, row);
            x0 = TVector.Load(ref x, 0);
            x1 = TVector.Load(ref x, second);
            by = TVector.Broadcast(Unsafe.Add(ref scale, delta));
            byOther = TVector.Broadcast(Unsafe.Add(ref scale, delta + other));
            a0 = TVector.MultiplyAdd(by, x0, a0);
            a1 = TVector.MultiplyAdd(by, x1, a1);
            b0 = TVector.MultiplyAdd(byOther, x0, b0);
            b1 = TVector.MultiplyAdd(byOther, x1, b1);
            row += stride;
            delta += scaleStride;
        }
    }

    /// <summary>Like the other, with three vectors of inputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Leaf(
        ref float rows, nuint stride, ref float scale, nuint scaleStride, nuint other, int end, ref int n, ref nuint row, ref nuint delta,
        out TVector a0, out TVector a1, out TVector a2, out TVector b0, out TVector b1, out TVector b2)
    {
        ref float x = ref Unsafe.Add(ref rows, row);
        TVector x0 = TVector.Load(ref x, 0), x1 = TVector.Load(ref x, (nuint)TVector.Count), x2 = TVector.Load(ref x, (nuint)(2 * TVector.Count));
        TVector by = TVector.Broadcast(Unsafe.Add(ref scale, delta));
        a0 = TVector.Multiply(by, x0);
        a1 = TVector.Multiply(by, x1);
        a2 = TVector.Multiply(by, x2);
        by = TVector.Broadcast(Unsafe.Add(ref scale, delta + other));
        b0 = TVector.Multiply(by, x0);
        b1 = TVector.Multiply(by, x1);
        b2 = TVector.Multiply(by, x2);
        row += stride;
        delta += scaleStride;
        for (n++; n < end; n++)
        {
            x = ref Unsafe.Add(ref rows, row);
            x0 = TVector.Load(ref x, 0);
            x1 = TVector.Load(ref x, (nuint)TVector.Count);
            x2 = TVector.Load(ref x, (nuint)(2 * TVector.Count));
            by = TVector.Broadcast(Unsafe.Add(ref scale, delta));
            a0 = TVector.MultiplyAdd(by, x0, a0);
            a1 = TVector.MultiplyAdd(by, x1, a1);
            a2 = TVector.MultiplyAdd(by, x2, a2);
            by = TVector.Broadcast(Unsafe.Add(ref scale, delta + other));
            b0 = TVector.MultiplyAdd(by, x0, b0);
            b1 = TVector.MultiplyAdd(by, x1, b1);
            b2 = TVector.MultiplyAdd(by, x2, b2);
            row += stride;
            delta += scaleStride;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(
        TVector c0, TVector c1, TVector c2, TVector d0, TVector d1, TVector d2,
        ref TVector a0, ref TVector a1, ref TVector a2, ref TVector b0, ref TVector b1, ref TVector b2)
    {
        Add(c0, c1, d0, d1, ref a0, ref a1, ref b0, ref b1);
        a2 = TVector.Add(a2, c2);
        b2 = TVector.Add(b2, d2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(
        TVector c0, TVector c1, TVector d0, TVector d1,
        ref TVector a0, ref TVector a1, ref TVector b0, ref TVector b1)
    {
        a0 = TVector.Add(a0, c0);
        a1 = TVector.Add(a1, c1);
        b0 = TVector.Add(b0, d0);
        b1 = TVector.Add(b1, d1);
    }
}
