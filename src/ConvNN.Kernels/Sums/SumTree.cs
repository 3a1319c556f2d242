using System.Runtime.CompilerServices;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Sums;

/// <summary>
/// Joins leaves pairwise into one sum; a range [lo, hi) splits in the middle. The number of leaves alone determines the tree, and
/// its subtrees can be summed anywhere, in any order.
/// </summary>
/// <remarks>
/// An empty leaf counts as +0, which is the same as leaving it out: a leaf ends with <c>+ 0f</c> and so is never −0, the sum of
/// two numbers other than −0 is not −0 either, and adding +0 to any other number changes nothing.
/// </remarks>
public static class SumTree
{
    /// <summary>The maximum number of leaves in a tree; it limits the stack space that kernels need.</summary>
    public const int MaxLeaves = 64;

    /// <summary>The index at which [<paramref name="lo"/>, <paramref name="hi"/>) splits.</summary>
    public static int Middle(int lo, int hi) => lo + ((hi - lo) / 2);

    /// <summary>The sum of all leaves, joined pairwise; +0 if there are none.</summary>
    public static float Join(ReadOnlySpan<float> leaves) => leaves.Length switch
    {
        0 => 0f,
        1 => leaves[0],
        _ => Join(leaves[..Middle(0, leaves.Length)]) + Join(leaves[Middle(0, leaves.Length)..]),
    };

    /// <inheritdoc cref="Join(ReadOnlySpan{float})"/>
    public static double Join(ReadOnlySpan<double> leaves) => leaves.Length switch
    {
        0 => 0,
        1 => leaves[0],
        _ => Join(leaves[..Middle(0, leaves.Length)]) + Join(leaves[Middle(0, leaves.Length)..]),
    };

    /// <summary>
    /// The largest subtrees of the tree over <paramref name="leaves"/> leaves that together cover exactly the leaves
    /// [<paramref name="lo"/>, <paramref name="hi"/>), in leaf order.
    /// </summary>
    public static IReadOnlyList<(int Lo, int Hi)> Cover(int leaves, int lo, int hi)
    {
        List<(int Lo, int Hi)> subtrees = [];
        Visit(0, leaves);
        return subtrees;

        void Visit(int nodeLo, int nodeHi)
        {
            if (nodeHi <= lo || hi <= nodeLo)
            {
                return;
            }

            if (lo <= nodeLo && nodeHi <= hi)
            {
                subtrees.Add((nodeLo, nodeHi));
                return;
            }

            int middle = Middle(nodeLo, nodeHi);
            Visit(nodeLo, middle);
            Visit(middle, nodeHi);
        }
    }

    /// <summary>
    /// Counts how many sums of two are complete after each leaf. Who sums leaves in order keeps the unfinished sums on a stack: the sum after
    /// a leaf is that leaf, added to as many sums from the top.
    /// </summary>
    /// <param name="complete">Receives the number for each leaf of the tree.</param>
    /// <returns>The most unfinished sums.</returns>
    internal static int Complete(Span<int> complete)
    {
        complete.Clear();
        Visit(complete);
        int most = 0, unfinished = 0;
        foreach (int sums in complete)
        {
            unfinished += 1 - sums;
            most = Math.Max(most, unfinished);
        }

        return most;

        static void Visit(Span<int> node)
        {
            if (node.Length > 1)
            {
                int middle = Middle(0, node.Length);
                Visit(node[..middle]);
                Visit(node[middle..]);
                node[^1]++;
            }
        }
    }

    /// <summary>
    /// Joins leaves lane by lane, in place: leaf h consists of <paramref name="vectors"/> vectors at
    /// <paramref name="leaves"/> + h · <paramref name="leafStride"/>; the sum replaces the first leaf of the range.
    /// </summary>
    internal static void JoinVectors<TVector>(ref float leaves, int lo, int hi, int leafStride, int vectors)
        where TVector : struct, IVector<TVector>
    {
        if (hi - lo < 2)
        {
            return;
        }

        int middle = Middle(lo, hi);
        JoinVectors<TVector>(ref leaves, lo, middle, leafStride, vectors);
        JoinVectors<TVector>(ref leaves, middle, hi, leafStride, vectors);
        AddVectors<TVector>(
            ref Unsafe.Add(ref leaves, lo * leafStride), ref Unsafe.Add(ref leaves, middle * leafStride), vectors);
    }

    /// <summary><c>left ← left + right</c>, lane by lane.</summary>
    internal static void AddVectors<TVector>(ref float left, ref float right, int vectors)
        where TVector : struct, IVector<TVector>
    {
        for (nuint at = 0; at < (nuint)(vectors * TVector.Count); at += (nuint)TVector.Count)
        {
            TVector.Store(TVector.Add(TVector.Load(ref left, at), TVector.Load(ref right, at)), ref left, at);
        }
    }
}
