using System.Runtime.CompilerServices;
using ConvNN.Kernels.Sums;

namespace ConvNN.Kernels.Vectors;

/// <summary>Argument checks that a kernel makes once per call, so its loops need none.</summary>
internal static class KernelGuard
{
    /// <summary>Throws unless the span holds at least <paramref name="needed"/> elements.</summary>
    /// <exception cref="ArgumentException">The span is too short.</exception>
    public static void Holds<T>(ReadOnlySpan<T> span, long needed, [CallerArgumentExpression(nameof(span))] string name = "")
    {
        if (span.Length < needed)
        {
            throw new ArgumentException($"{name} has {span.Length} elements, the geometry needs {needed}.", name);
        }
    }

    /// <summary>Throws unless both spans have the same length.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void SameLength<T>(
        ReadOnlySpan<T> left,
        ReadOnlySpan<T> right,
        [CallerArgumentExpression(nameof(left))] string leftName = "",
        [CallerArgumentExpression(nameof(right))] string rightName = "")
    {
        if (left.Length != right.Length)
        {
            throw new ArgumentException($"{leftName} has {left.Length} elements, {rightName} has {right.Length}; they must be equal.", rightName);
        }
    }

    /// <summary>Whether a sample of these sizes fits in an <see cref="AlignedBuffer"/>.</summary>
    public static bool IsAddressable(double outer, double rows, double columns) => outer * rows * columns <= AlignedBuffer.MaxLength;

    /// <summary>Throws unless the leaf edges are in ascending order (equal allowed) within [0, <paramref name="samples"/>].</summary>
    /// <exception cref="ArgumentException">There are no leaves or too many, or an edge is out of order.</exception>
    public static void Edges(ReadOnlySpan<int> edges, int samples)
    {
        bool inOrder = edges.Length is >= 2 and <= SumTree.MaxLeaves + 1 && edges[0] >= 0 && edges[^1] <= samples;
        for (int h = 1; inOrder && h < edges.Length; h++)
        {
            inOrder = edges[h - 1] <= edges[h];
        }

        if (!inOrder)
        {
            throw new ArgumentException(
                $"The leaf edges must be 2 to {SumTree.MaxLeaves + 1} numbers that rise from 0 to at most {samples}.", nameof(edges));
        }
    }
}
