using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ConvNN.Kernels.Vectors;

/// <summary>
/// The sums over a subtree of sample leaves for a vector of neighbouring elements and two columns of scales,
/// <c>sum[j] = Σ_n scale[n · scaleStride] · rows[n · rowStride + j]</c>: leaves and tree stay in registers, as
/// straight-line code for up to eight leaves.
/// </summary>
/// <remarks>
/// The leaves are chains that do not depend on each other, so a vector of each column keeps the multiply-add units busy.
/// </remarks>
internal readonly ref struct LeafTree<TVector>
    where TVector : struct, IVector<TVector>
{
    private readonly ref int _edges;
    private readonly int _leaves;
    private readonly ref float _rows;
    private readonly nint _rowStride;
    private readonly nint _scaleStride;

    /// <summary>The tree over the leaves between the edges, for the elements at <paramref name="rows"/>.</summary>
    public LeafTree(ReadOnlySpan<int> edges, ref float rows, int rowStride, int scaleStride)
    {
        _edges = ref MemoryMarshal.GetReference(edges);
        _leaves = edges.Length - 1;
        _rows = ref rows;
        _rowStride = rowStride;
        _scaleStride = scaleStride;
    }

    /// <summary>The sums for two neighbouring columns of scales, which share the loads of the rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Pair Sum(ref float scale) => _leaves == 8 ? Eight(ref scale) : Sum(ref scale, 0, _leaves);

    private Pair Eight(ref float scale) => Add(Four(ref scale, 0), Four(ref scale, 4));

    private Pair Sum(ref float scale, int lo, int hi)
    {
        switch (hi - lo)
        {
            case 1:
                return One(ref scale, lo);
            case 2:
                return Two(ref scale, lo);
            case 4:
                return Four(ref scale, lo);
            default:
                int middle = SumTree.Middle(lo, hi);
                return Add(Sum(ref scale, lo, middle), Sum(ref scale, middle, hi));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Pair Four(ref float scale, int leaf) => Add(Two(ref scale, leaf), Two(ref scale, leaf + 2));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Pair Two(ref float scale, int leaf) => Add(One(ref scale, leaf), One(ref scale, leaf + 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Pair One(ref float scale, int leaf)
    {
        TVector a = TVector.Zero;
        TVector b = TVector.Zero;
        nint end = Unsafe.Add(ref _edges, leaf + 1);
        for (nint n = Unsafe.Add(ref _edges, leaf); n < end; n++)
        {
            ref float factors = ref Unsafe.Add(ref scale, n * _scaleStride);
            TVector row = TVector.Load(ref Unsafe.Add(ref _rows, n * _rowStride), 0);
            a = TVector.MultiplyAdd(TVector.Broadcast(factors), row, a);
            b = TVector.MultiplyAdd(TVector.Broadcast(Unsafe.Add(ref factors, 1)), row, b);
        }

        return new Pair(TVector.Add(a, TVector.Zero), TVector.Add(b, TVector.Zero));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Pair Add(Pair left, Pair right) => new(TVector.Add(left.First, right.First), TVector.Add(left.Second, right.Second));

    /// <summary>The sums of two neighbouring columns.</summary>
    public readonly struct Pair(TVector first, TVector second)
    {
        public readonly TVector First = first;

        public readonly TVector Second = second;
    }
}
