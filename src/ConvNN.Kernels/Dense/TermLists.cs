using System.Numerics;
using System.Runtime.CompilerServices;
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
    private readonly Span<RowTerm> _terms;
    private readonly Span<int> _ends;
    private readonly int _capacity;

    private TermLists(int lists, int capacity, ref Span<float> scratch)
    {
        _ends = MemoryMarshal.Cast<float, int>(Scratch.Take(ref scratch, Lanes.RoundUp(lists)));
        _terms = MemoryMarshal.Cast<float, RowTerm>(Scratch.Take(ref scratch, 2 * ((lists * capacity) + CompressedPairs.Written)));
        _capacity = capacity;
        Count = lists;
    }

    /// <summary>How many sums.</summary>
    public int Count { get; }

    /// <summary>The terms of a sum.</summary>
    public ReadOnlySpan<RowTerm> this[int list] => _terms[(list * _capacity).._ends[list]];

    /// <summary>Floats of scratch memory for <see cref="BySample"/>.</summary>
    public static int LengthBySample(DenseGeometry geometry) => Length(geometry.Samples, geometry.Units);

    /// <summary>Floats of scratch memory for <see cref="ByUnit"/>.</summary>
    public static int LengthByUnit(ReadOnlySpan<int> edges, DenseGeometry geometry) => Length(geometry.Units, CapacityByUnit(edges));

    /// <summary>For each sample the rows of weights of its units, as one chain.</summary>
    public static TermLists BySample(ReadOnlySpan<float> dy, scoped NonZeroUnits nonZero, ref Span<float> scratch, DenseGeometry geometry)
    {
        TermLists lists = new(geometry.Samples, geometry.Units, ref scratch);
        for (int n = 0; n < geometry.Samples; n++)
        {
            int next = n * geometry.Units;
            for (int word = 0; word < nonZero.Words; word++)
            {
                ulong units = nonZero[n, word];
                int first = word * NonZeroUnits.OfWord, done = 0;
                ReadOnlySpan<float> deltas = dy.Slice((n * geometry.UnitStride) + first, Math.Min(NonZeroUnits.OfWord, geometry.Units - first));
                for (; CompressedPairs.IsSupported && done <= deltas.Length - Vector512<int>.Count; done += Vector512<int>.Count, units >>= Vector512<int>.Count)
                {
                    Vector512<int> places = (Vector512<int>.Indices + Vector512.Create(first + done)) * geometry.InputStride;
                    Vector512<float> factors = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(deltas), (nuint)done);
                    next += CompressedPairs.Append(places, factors, ~Vector512.Equals(factors, Vector512<float>.Zero).AsInt32(), ref Unsafe.As<RowTerm, int>(ref lists._terms[next]));
                }

                for (; units != 0; units &= units - 1)
                {
                    int o = done + BitOperations.TrailingZeroCount(units);
                    lists._terms[next++] = new RowTerm((first + o) * geometry.InputStride, deltas[o], TermUse.Chain);
                }
            }

            lists._ends[n] = next;
        }

        return lists;
    }

    /// <summary>For each unit the rows of inputs of its samples, as leaves that are joined by <see cref="SumTree"/>, as <paramref name="complete"/> says, with at most <paramref name="most"/> unfinished sums.</summary>
    public static TermLists ByUnit(ReadOnlySpan<float> dy, scoped NonZeroUnits nonZero, ReadOnlySpan<int> edges, scoped ReadOnlySpan<int> complete, int most, ref Span<float> scratch, DenseGeometry geometry)
    {
        int leaves = edges.Length - 1, capacity = CapacityByUnit(edges);
        TermLists lists = new(geometry.Units, capacity, ref scratch);
        for (int list = 0; list < lists.Count; list++)
        {
            lists._ends[list] = list * capacity;
        }

        // Of each unfinished sum, the units that have terms in it.
        Span<ulong> sums = stackalloc ulong[most];
        for (int word = 0; word < nonZero.Words; word++)
        {
            int unfinished = 0, first = word * NonZeroUnits.OfWord;
            Span<int> ends = lists._ends[first..];
            ulong begun = 0;
            for (int h = 0; h < leaves; h++)
            {
                ulong leaf = 0;
                for (int n = edges[h]; n < edges[h + 1]; n++)
                {
                    ref float deltas = ref Unsafe.Add(ref MemoryMarshal.GetReference(dy), (n * geometry.UnitStride) + first);
                    ulong units = nonZero[n - edges[0], word], later = begun & ~leaf;
                    leaf |= units;
                    for (; units != 0; units &= units - 1)
                    {
                        int o = BitOperations.TrailingZeroCount(units);
                        TermUse use = (later >> o & 1) != 0 ? TermUse.Begin : TermUse.Chain;
                        lists._terms[ends[o]++] = new RowTerm(n * geometry.InputStride, Unsafe.Add(ref deltas, o), use);
                    }
                }

                begun |= leaf;
                for (int c = complete[h]; c > 0; c--)
                {
                    unfinished--;
                    for (ulong both = leaf & sums[unfinished]; both != 0; both &= both - 1)
                    {
                        lists.Join(ref ends[BitOperations.TrailingZeroCount(both)]);
                    }

                    leaf |= sums[unfinished];
                }

                sums[unfinished++] = leaf;
            }
        }

        return lists;
    }

    private static int Length(int lists, int capacity) => checked(Lanes.RoundUp(lists) + (2 * ((lists * capacity) + CompressedPairs.Written)));

    /// <summary>The samples, and a join for each leaf but the first.</summary>
    private static int CapacityByUnit(ReadOnlySpan<int> edges) => edges[^1] - edges[0] + edges.Length - 1;

    /// <summary>Adds a sum to the one before. A product that began the former is added at once.</summary>
    private void Join(ref int end)
    {
        ref RowTerm last = ref _terms[end - 1];
        if (last.Use == TermUse.Begin)
        {
            last = new RowTerm(last.Place, last.Factor, TermUse.Leaf);
            return;
        }

        _terms[end++] = new RowTerm(0, 0f, TermUse.Join);
    }
}
