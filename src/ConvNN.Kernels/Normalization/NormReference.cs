using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Normalization;

/// <summary>Reference implementation of the sum of squares for clipping by norm; <see cref="NormKernels"/> gives the same bits.</summary>
/// <remarks>
/// See "norm for clipping" in the table of README.md. x is split into blocks of <see cref="BlockLength"/> numbers. In each
/// block, lane l of 16 adds the squares of the elements i ≡ l (mod 16) in order from +0; then the upper half of the lanes is
/// added to the lower half until one is left. A <see cref="SumTree"/> joins the blocks. Everything is in double, where the square
/// of a float is exact, so each step rounds once, however it is compiled.
/// </remarks>
public static class NormReference
{
    /// <summary>Numbers in a block, the leaf of the sum: 16 KiB, half of an L1 cache.</summary>
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

    /// <summary>The sum of squares of one block, along 16 lanes.</summary>
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

    /// <summary>Adds the upper half of the lanes to the lower half until one is left. Overwrites the lanes.</summary>
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

    /// <summary>Number of blocks for <paramref name="length"/> numbers; the last block may be shorter.</summary>
    /// <param name="length">How many numbers there are.</param>
    public static int BlockCount(int length) => (int)(((uint)length + BlockLength - 1) / BlockLength);
}
