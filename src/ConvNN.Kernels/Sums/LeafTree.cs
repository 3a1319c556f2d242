using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Sums;

/// <summary>
/// Sums over a subtree of sample leaves, <c>sum[j] = Σ_n scale[n · scaleStride] · rows[n · rowStride + j]</c>, for a vector of
/// adjacent elements and four columns of scales. Leaves and tree stay in registers; four or eight leaves are straight-line code.
/// </summary>
/// <remarks>
/// The leaves are independent chains, so one vector per column keeps the multiply-add units busy. <c>+ 0f</c> is added to the
/// final sum instead of each leaf, with the same result.
/// </remarks>
internal readonly ref struct LeafTree<TVector>
    where TVector : struct, IVector<TVector>
{
    private readonly ref int _edges;
    private readonly int _leaves;
    private readonly ref float _rows;
    private readonly nint _rowStride;
    private readonly nint _scaleStride;
    private readonly float _factor;

    /// <summary>
    /// Creates the tree over the leaves between the edges, for the elements at <paramref name="rows"/>; every sum is multiplied by
    /// <paramref name="factor"/>.
    /// </summary>
    public LeafTree(ReadOnlySpan<int> edges, ref float rows, int rowStride, int scaleStride, float factor)
    {
        _factor = factor;
        _edges = ref MemoryMarshal.GetReference(edges);
        _leaves = edges.Length - 1;
        _rows = ref rows;
        _rowStride = rowStride;
        _scaleStride = scaleStride;
    }

    /// <summary>Writes the sums for four adjacent columns of scales, which share the loads of the rows.</summary>
    /// <param name="scale">The first column's scale for the first sample of the call.</param>
    /// <param name="target">Receives the first column's sums; the other columns follow <paramref name="stride"/> floats apart.</param>
    /// <param name="stride">Floats from one column's sums to the next.</param>
    public void Sum(ref float scale, ref float target, nuint stride)
    {
        // Separate methods for eight and four leaves: the compiler keeps no more than a few hundred variables in registers.
        switch (_leaves)
        {
            case 8:
                StoreEight(ref _edges, ref _rows, _rowStride, ref scale, _scaleStride, ref target, stride, _factor);
                break;
            case 4:
                StoreFour(ref _edges, ref _rows, _rowStride, ref scale, _scaleStride, ref target, stride, _factor);
                break;
            default:
                Sum(ref scale, 0, _leaves).Store(ref target, stride, _factor);
                break;
        }
    }

    private static void StoreEight(ref int edges, ref float rows, nint rowStride, ref float scale, nint scaleStride, ref float target, nuint stride, float factor)
    {
        nint n = edges;
        Quad first = Four(ref edges, ref n, ref rows, rowStride, ref scale, scaleStride);
        Quad second = Four(ref Unsafe.Add(ref edges, 4), ref n, ref rows, rowStride, ref scale, scaleStride);
        Add(first, second).Store(ref target, stride, factor);
    }

    private static void StoreFour(ref int edges, ref float rows, nint rowStride, ref float scale, nint scaleStride, ref float target, nuint stride, float factor)
    {
        nint n = edges;
        Four(ref edges, ref n, ref rows, rowStride, ref scale, scaleStride).Store(ref target, stride, factor);
    }

    private Quad Sum(ref float scale, int lo, int hi)
    {
        nint n = Unsafe.Add(ref _edges, lo);
        switch (hi - lo)
        {
            case 1:
                return One(ref Unsafe.Add(ref _edges, lo), ref n, ref _rows, _rowStride, ref scale, _scaleStride);
            case 4:
                return Four(ref Unsafe.Add(ref _edges, lo), ref n, ref _rows, _rowStride, ref scale, _scaleStride);
            default:
                int middle = SumTree.Middle(lo, hi);
                return Add(Sum(ref scale, lo, middle), Sum(ref scale, middle, hi));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Quad Four(ref int edges, ref nint n, ref float rows, nint rowStride, ref float scale, nint scaleStride)
    {
        Quad first = Two(ref edges, ref n, ref rows, rowStride, ref scale, scaleStride);
        return Add(first, Two(ref Unsafe.Add(ref edges, 2), ref n, ref rows, rowStride, ref scale, scaleStride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Quad Two(ref int edges, ref nint n, ref float rows, nint rowStride, ref float scale, nint scaleStride)
    {
        Quad first = One(ref edges, ref n, ref rows, rowStride, ref scale, scaleStride);
        return Add(first, One(ref Unsafe.Add(ref edges, 1), ref n, ref rows, rowStride, ref scale, scaleStride));
    }

    /// <summary>One leaf. <paramref name="n"/> is its first sample, and on return the first sample of the next leaf.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Quad One(ref int edges, ref nint n, ref float rows, nint rowStride, ref float scale, nint scaleStride)
    {
        TVector a = TVector.Zero, b = TVector.Zero, c = TVector.Zero, d = TVector.Zero;
        nint end = Unsafe.Add(ref edges, 1);
        for (; n < end; n++)
        {
            ref float factors = ref Unsafe.Add(ref scale, n * scaleStride);
            TVector row = TVector.Load(ref Unsafe.Add(ref rows, n * rowStride), 0);
            a = TVector.MultiplyAdd(TVector.Broadcast(factors), row, a);
            b = TVector.MultiplyAdd(TVector.Broadcast(Unsafe.Add(ref factors, 1)), row, b);
            c = TVector.MultiplyAdd(TVector.Broadcast(Unsafe.Add(ref factors, 2)), row, c);
            d = TVector.MultiplyAdd(TVector.Broadcast(Unsafe.Add(ref factors, 3)), row, d);
        }

        return new Quad(a, b, c, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Quad Add(Quad left, Quad right) => new(
        TVector.Add(left.First, right.First), TVector.Add(left.Second, right.Second), TVector.Add(left.Third, right.Third), TVector.Add(left.Fourth, right.Fourth));

    /// <summary>The sums of four adjacent columns.</summary>
    public readonly struct Quad(TVector first, TVector second, TVector third, TVector fourth)
    {
        public readonly TVector First = first;

        public readonly TVector Second = second;

        public readonly TVector Third = third;

        public readonly TVector Fourth = fourth;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Store(ref float target, nuint stride, float factor)
        {
            TVector scale = TVector.Broadcast(factor);
            TVector.Store(TVector.Multiply(TVector.Add(First, TVector.Zero), scale), ref target, 0);
            TVector.Store(TVector.Multiply(TVector.Add(Second, TVector.Zero), scale), ref target, stride);
            TVector.Store(TVector.Multiply(TVector.Add(Third, TVector.Zero), scale), ref target, 2 * stride);
            TVector.Store(TVector.Multiply(TVector.Add(Fourth, TVector.Zero), scale), ref target, 3 * stride);
        }
    }
}
