using System.Runtime.InteropServices;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Sums;

/// <summary>The terms that samples contribute to sums over samples.</summary>
internal interface ILeafTerms
{
    /// <summary>Writes the sums of a leaf, the samples from <paramref name="first"/> to before <paramref name="end"/>.</summary>
    void Sum(int first, int end, Span<float> sums);
}

/// <summary>Sums over a subtree of sample leaves, for kernels that keep their chains in memory: one buffer per level of the tree.</summary>
internal static class SubtreeSums<TVector>
    where TVector : struct, IVector<TVector>
{
    // A tree of 64 leaves is 6 joins deep, and each level keeps one sum.
    private const int Levels = 7;

    /// <summary>Floats of scratch memory for <paramref name="length"/> chains, a multiple of the vector length.</summary>
    public static int ScratchLength(int length) => checked(Levels * length);

    /// <summary>Sums the leaves between the edges.</summary>
    /// <param name="terms">The samples.</param>
    /// <param name="edges">Leaf h holds the samples [edges[h], edges[h + 1]).</param>
    /// <param name="scratch"><see cref="ScratchLength"/> floats.</param>
    /// <param name="length">Number of chains.</param>
    /// <returns>The sums, at the start of the scratch memory.</returns>
    public static Span<float> Compute<TTerms>(in TTerms terms, ReadOnlySpan<int> edges, Span<float> scratch, int length)
        where TTerms : ILeafTerms, allows ref struct
    {
        Subtree(terms, edges, scratch, length);
        return scratch[..length];
    }

    private static void Subtree<TTerms>(in TTerms terms, ReadOnlySpan<int> edges, Span<float> scratch, int length)
        where TTerms : ILeafTerms, allows ref struct
    {
        Span<float> sums = scratch[..length];
        int leaves = edges.Length - 1;
        if (leaves == 1)
        {
            terms.Sum(edges[0], edges[1], sums);
            Add(sums, default);
            return;
        }

        int middle = SumTree.Middle(0, leaves);
        Subtree(terms, edges[..(middle + 1)], scratch, length);
        if (edges[middle] < edges[leaves])
        {
            Subtree(terms, edges[middle..], scratch[length..], length);
            Add(sums, scratch.Slice(length, length));
        }
    }

    /// <summary>Adds <paramref name="addend"/>, or <c>0f</c> if it is empty, in place.</summary>
    private static void Add(Span<float> sums, ReadOnlySpan<float> addend)
    {
        ref float target = ref MemoryMarshal.GetReference(sums);
        ref float source = ref MemoryMarshal.GetReference(addend);
        for (nuint i = 0; i < (nuint)sums.Length; i += (nuint)TVector.Count)
        {
            TVector other = addend.IsEmpty ? TVector.Zero : TVector.Load(ref source, i);
            TVector.Store(TVector.Add(TVector.Load(ref target, i), other), ref target, i);
        }
    }
}
