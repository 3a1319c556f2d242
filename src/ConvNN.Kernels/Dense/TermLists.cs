using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Dense;

/// <summary>
/// The output gradients other than zero, as the terms of the sums in which they are factors: ReLU and dropout leave few, and the others
/// change nothing.
/// </summary>
internal readonly ref struct TermLists
{
    private const int WordUnits = 64;

    private readonly Span<RowTerm> _terms;
    private readonly Span<int> _counts;
    private readonly int _capacity;

    private TermLists(int lists, int capacity, ref Span<float> scratch)
    {
        _counts = MemoryMarshal.Cast<float, int>(Scratch.Take(ref scratch, Lanes.RoundUp(lists)));
        _terms = MemoryMarshal.Cast<float, RowTerm>(Scratch.Take(ref scratch, 2 * lists * capacity));
        _capacity = capacity;
        Count = lists;
        _counts.Clear();
    }

    /// <summary>How many sums.</summary>
    public int Count { get; }

    /// <summary>The terms of a sum.</summary>
    public ReadOnlySpan<RowTerm> this[int list] => _terms.Slice(list * _capacity, _counts[list]);

    /// <summary>Floats of scratch memory for <see cref="BySample"/>.</summary>
    public static int LengthBySample(DenseGeometry geometry) => checked(Lanes.RoundUp(geometry.Samples) + (2 * geometry.Samples * geometry.Units));

    /// <summary>Floats of scratch memory for <see cref="ByUnit"/>.</summary>
    public static int LengthByUnit(ReadOnlySpan<int> edges, DenseGeometry geometry) =>
        checked(Lanes.RoundUp(geometry.Units) + (2 * geometry.Units * CapacityByUnit(edges)));

    /// <summary>Whether so few of the output gradients of some samples are not zero that sums of these terms alone are faster.</summary>
    public static bool AreFew(ReadOnlySpan<float> dy, int first, int end, DenseGeometry geometry)
    {
        int count = 0;
        for (int n = first; n < end; n++)
        {
            for (int o = 0; o < geometry.Units; o += WordUnits)
            {
                count += BitOperations.PopCount(NonZero(dy, n, o, geometry));
            }
        }

        return 8L * count <= 3L * (end - first) * geometry.Units;
    }

    /// <summary>For each sample the rows of weights of its units, as one chain.</summary>
    public static TermLists BySample(ReadOnlySpan<float> dy, ref Span<float> scratch, DenseGeometry geometry)
    {
        TermLists lists = new(geometry.Samples, geometry.Units, ref scratch);
        for (int n = 0; n < geometry.Samples; n++)
        {
            ReadOnlySpan<float> deltas = dy[(n * geometry.UnitStride)..];
            Span<RowTerm> terms = lists._terms.Slice(n * geometry.Units, geometry.Units);
            int count = 0;
            for (int first = 0; first < geometry.Units; first += WordUnits)
            {
                for (ulong units = NonZero(dy, n, first, geometry); units != 0; units &= units - 1)
                {
                    int o = first + BitOperations.TrailingZeroCount(units);
                    terms[count++] = new RowTerm(o * geometry.InputStride, deltas[o], TermUse.Chain);
                }
            }

            lists._counts[n] = count;
        }

        return lists;
    }

    /// <summary>For each unit the rows of inputs of its samples, as leaves that are joined by <see cref="SumTree"/>.</summary>
    public static TermLists ByUnit(ReadOnlySpan<float> dy, ReadOnlySpan<int> edges, ref Span<float> scratch, DenseGeometry geometry)
    {
        int leaves = edges.Length - 1;
        TermLists lists = new(geometry.Units, CapacityByUnit(edges), ref scratch);
        Span<int> complete = stackalloc int[leaves];

        // Of each unfinished sum, the units that have terms in it.
        Span<ulong> sums = stackalloc ulong[SumTree.Complete(complete)];
        for (int first = 0; first < geometry.Units; first += WordUnits)
        {
            int unfinished = 0;
            ulong begun = 0;
            for (int h = 0; h < leaves; h++)
            {
                ulong leaf = 0;
                for (int n = edges[h]; n < edges[h + 1]; n++)
                {
                    ReadOnlySpan<float> deltas = dy[((n * geometry.UnitStride) + first)..];
                    ulong units = NonZero(dy, n, first, geometry), others = begun & ~leaf;
                    leaf |= units;
                    for (; units != 0; units &= units - 1)
                    {
                        int o = BitOperations.TrailingZeroCount(units);
                        TermUse use = (others >> o & 1) != 0 ? TermUse.Begin : TermUse.Chain;
                        lists.Append(first + o, new RowTerm(n * geometry.InputStride, deltas[o], use));
                    }
                }

                begun |= leaf;
                for (int c = complete[h]; c > 0; c--)
                {
                    unfinished--;
                    for (ulong both = leaf & sums[unfinished]; both != 0; both &= both - 1)
                    {
                        lists.Join(first + BitOperations.TrailingZeroCount(both));
                    }

                    leaf |= sums[unfinished];
                }

                sums[unfinished++] = leaf;
            }
        }

        return lists;
    }

    /// <summary>The samples, and a join for each leaf but the first.</summary>
    private static int CapacityByUnit(ReadOnlySpan<int> edges) => edges[^1] - edges[0] + edges.Length - 1;

    /// <summary>Up to 64 units from <paramref name="first"/>: bit o is set if the output gradient of unit <paramref name="first"/> + o is not zero.</summary>
    private static ulong NonZero(ReadOnlySpan<float> dy, int sample, int first, DenseGeometry geometry)
    {
        int count = Math.Min(WordUnits, geometry.Units - first), o = 0;
        ReadOnlySpan<float> deltas = dy.Slice((sample * geometry.UnitStride) + first, count);
        ulong units = 0;
        for (; o <= count - Vector512<float>.Count; o += Vector512<float>.Count)
        {
            Vector512<float> sixteen = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(deltas), (nuint)o);
            units |= (ulong)(ushort)~Vector512.Equals(sixteen, Vector512<float>.Zero).ExtractMostSignificantBits() << o;
        }

        for (; o < count; o++)
        {
            units |= deltas[o] == 0f ? 0 : 1UL << o;
        }

        return units;
    }

    private void Append(int list, RowTerm term) => _terms[(list * _capacity) + _counts[list]++] = term;

    /// <summary>Adds a sum to the one before. A product that began the former is added at once.</summary>
    private void Join(int list)
    {
        ref RowTerm last = ref _terms[(list * _capacity) + _counts[list] - 1];
        if (last.Use == TermUse.Begin)
        {
            last = new RowTerm(last.Place, last.Factor, TermUse.Leaf);
            return;
        }

        Append(list, new RowTerm(0, 0f, TermUse.Join));
    }
}
