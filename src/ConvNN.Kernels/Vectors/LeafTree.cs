using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ConvNN.Kernels.Vectors;

/// <summary>
/// The sum over a subtree of sample leaves for a vector of neighbouring elements,
/// <c>sum[j] = Σ_n scale[n · scaleStride] · rows[n · rowStride + j]</c>: leaves and tree stay in registers, as
/// straight-line code for up to eight leaves.
/// </summary>
/// <remarks>
/// The leaves are chains that do not depend on each other, so one vector at a time keeps the multiply-add units busy.
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

    /// <summary>The sum for one column of scales.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Sum(ref float scale) => _leaves == 8 ? Eight(ref scale) : Sum(ref scale, 0, _leaves);

    private TVector Eight(ref float scale) => TVector.Add(Four(ref scale, 0), Four(ref scale, 4));

    private TVector Sum(ref float scale, int lo, int hi)
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
                return TVector.Add(Sum(ref scale, lo, middle), Sum(ref scale, middle, hi));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVector Four(ref float scale, int leaf) => TVector.Add(Two(ref scale, leaf), Two(ref scale, leaf + 2));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVector Two(ref float scale, int leaf) => TVector.Add(One(ref scale, leaf), One(ref scale, leaf + 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVector One(ref float scale, int leaf)
    {
        TVector sum = TVector.Zero;
        nint end = Unsafe.Add(ref _edges, leaf + 1);
        for (nint n = Unsafe.Add(ref _edges, leaf); n < end; n++)
        {
            TVector factor = TVector.Broadcast(Unsafe.Add(ref scale, n * _scaleStride));
            sum = TVector.MultiplyAdd(factor, TVector.Load(ref Unsafe.Add(ref _rows, n * _rowStride), 0), sum);
        }

        return TVector.Add(sum, TVector.Zero);
    }
}
