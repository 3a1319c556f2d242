using System.Runtime.InteropServices;

namespace ConvNN.Kernels.Dense;

/// <summary>One term of a sum of rows: a row of a matrix, times a number.</summary>
/// <param name="place">Where the row begins, in floats: a multiple of 16.</param>
/// <param name="factor">The number.</param>
/// <param name="use">What is done with the product.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct RowTerm(int place, float factor, TermUse use)
{
    // The lowest bits, which are zero in a place.
    private const int UseBits = 3;

    private readonly int _placeAndUse = place | (int)use;

    /// <summary>The number.</summary>
    public float Factor { get; } = factor;

    /// <summary>Where the row begins.</summary>
    public int Place => _placeAndUse & ~UseBits;

    /// <summary>What is done with the product.</summary>
    public TermUse Use => (TermUse)(_placeAndUse & UseBits);
}

/// <summary>What is done with the product of a <see cref="RowTerm"/>.</summary>
internal enum TermUse
{
    /// <summary>It is added to the sum by a fused multiply-add.</summary>
    Chain,

    /// <summary>It is a leaf of its own, which is added to the sum.</summary>
    Leaf,

    /// <summary>It begins another sum; the one so far goes on a stack.</summary>
    Begin,

    /// <summary>There is no product: the sum on top of the stack is added to this one.</summary>
    Join,
}
