using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Normalization;

/// <summary>The sum of squares that clipping by norm needs, as it is defined: the bits that <see cref="NormKernels"/> must give.</summary>
/// <remarks>
/// The row "norm for clipping" of the one sum. x is cut into blocks of <see cref="BlockLength"/>; in a
/// block, lane l of 16 adds the squares of the elements i ≡ l (mod 16) in order from +0, then the lanes are added in
/// halves of 8, 4, 2 and 1; blocks are joined as a <see cref="SumTree"/>. All in double, where a
/// float's square is exact, so each step rounds once however it is compiled.
/// </remarks>
public static class NormReference
{
    /// <summary>Numbers in a block, the leaf of the sum: 16 KiB, half of a level 1 cache.</summary>
    public const int BlockLength = 4096;

    /// <summary>The sum of the squares of <paramref name="x"/>; +0 when it is empty.</summary>
    /// <param name="x">The numbers, [n].</param>
    public static double SumOfSquares(ReadOnlySpan<float> x)
    {
        var blockSums = new double[BlockCount(x.Length)];
        for (int b = 0; b < blockSums.Length; b++)
        {
            int start = b * BlockLength;
            blockSums[b] = BlockSum(x[start..Math.Min(start + BlockLength, x.Length)]);
        }

        return SumTree.Join(blockSums);
    }

    /// <summary>The sum of squares of one block: 16 lanes, then their halves.</summary>
    /// <param name="block">At most <see cref="BlockLength"/> numbers; the last block of x may have fewer.</param>
    public static double BlockSum(ReadOnlySpan<float> block)
    {
        Span<double> lanes = stackalloc double[Lanes.Count];
        lanes.Clear();
        AddSquares(block, lanes);
        return AddLanes(lanes);
    }

    /// <summary>Adds the square of element i to lane i mod 16.</summary>
    internal static void AddSquares(ReadOnlySpan<float> x, Span<double> lanes)
    {
        for (int i = 0; i < x.Length; i++)
        {
            double value = x[i];
            lanes[i % Lanes.Count] += value * value;
        }
    }

    /// <summary>Adds the upper half of the lanes to the lower, until one is left. Overwrites them.</summary>
    internal static double AddLanes(Span<double> lanes)
    {
        for (int half = Lanes.Count / 2; half >= 1; half /= 2)
        {
            for (int l = 0; l < half; l++)
            {
                lanes[l] += lanes[l + half];
            }
        }

        return lanes[0];
    }

    /// <summary>Number of blocks that <paramref name="length"/> numbers make; the last may be shorter.</summary>
    /// <param name="length">How many numbers there are.</param>
    public static int BlockCount(int length) => (int)(((uint)length + BlockLength - 1) / BlockLength);
}
