using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Normalization;

/// <summary>The sum of squares for clipping by global norm (Pascanu, Mikolov and Bengio, arXiv:1211.5063), in double.</summary>
/// <remarks>
/// Gives the bits of <see cref="NormReference"/>. The sum is a binary tree over blocks, so it can be distributed: any worker can
/// compute any blocks, and <see cref="SumTree.Join(ReadOnlySpan{double})"/> over the block sums gives the same result as one call
/// over all numbers. 182,170 numbers on Zen 5 take 11 µs at 512 bits, 19 at 256 and 27 at 128; the reference takes 111.
/// </remarks>
public static class NormKernels
{
    /// <summary>Numbers in a block, the leaf of the sum: 16 KiB, half of an L1 cache.</summary>
    public const int BlockLength = NormReference.BlockLength;

    /// <summary>Number of blocks for <paramref name="length"/> numbers; the last block may be shorter.</summary>
    /// <param name="length">How many numbers there are.</param>
    public static int BlockCount(int length) => NormReference.BlockCount(length);

    /// <summary>The sum of the squares of <paramref name="x"/>; +0 when it is empty.</summary>
    /// <param name="x">The numbers, [n].</param>
    public static double SumOfSquares(ReadOnlySpan<float> x) => SumOfSquares(x, 0, BlockCount(x.Length));

    /// <summary>
    /// The sum of the squares in blocks [<paramref name="fromBlock"/>, <paramref name="toBlock"/>), joined pairwise. It is a partial
    /// result of the whole sum if the range is a subtree; a single block always is.
    /// </summary>
    /// <param name="x">All the numbers, [n].</param>
    /// <param name="fromBlock">The first block.</param>
    /// <param name="toBlock">One past the last block (exclusive).</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not within the blocks of <paramref name="x"/>.</exception>
    public static double SumOfSquares(ReadOnlySpan<float> x, int fromBlock, int toBlock)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fromBlock);
        ArgumentOutOfRangeException.ThrowIfLessThan(toBlock, fromBlock);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(toBlock, BlockCount(x.Length));
        return fromBlock == toBlock ? 0 : SubtreeSum(x, fromBlock, toBlock);
    }

    private static double SubtreeSum(ReadOnlySpan<float> x, int fromBlock, int toBlock)
    {
        if (toBlock - fromBlock == 1)
        {
            int start = fromBlock * BlockLength;
            return BlockSum(x.Slice(start, Math.Min(BlockLength, x.Length - start)));
        }

        int middle = SumTree.Middle(fromBlock, toBlock);
        return SubtreeSum(x, fromBlock, middle) + SubtreeSum(x, middle, toBlock);
    }

    private static double BlockSum(ReadOnlySpan<float> block)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            return BlockSum512(block);
        }

        return Vector256.IsHardwareAccelerated ? BlockSum256(block)
            : Vector128.IsHardwareAccelerated ? BlockSum128(block)
            : NormReference.BlockSum(block);
    }

    // Multiply and add instead of a fused multiply-add: the square is exact, so the bits are the same, the dependency chain has
    // only the latency of an addition, and machines without FMA need no emulation.
    internal static double BlockSum512(ReadOnlySpan<float> block)
    {
        Vector512<double> sum0 = Vector512<double>.Zero;         // lanes 0 to 7
        Vector512<double> sum1 = Vector512<double>.Zero;         // lanes 8 to 15
        ref float source = ref MemoryMarshal.GetReference(block);
        nuint length = (uint)block.Length;
        nuint i = 0;
        for (; length - i >= Lanes.Count; i += Lanes.Count)
        {
            (Vector512<double> x0, Vector512<double> x1) = Vector512.Widen(Vector512.LoadUnsafe(ref source, i));
            sum0 += x0 * x0;
            sum1 += x1 * x1;
        }

        LaneBuffer lanes = default;
        ref double target = ref lanes[0];
        sum0.StoreUnsafe(ref target);
        sum1.StoreUnsafe(ref target, 8);
        return Finish(block[(int)i..], lanes);
    }

    internal static double BlockSum256(ReadOnlySpan<float> block)
    {
        Vector256<double> sum0 = Vector256<double>.Zero;
        Vector256<double> sum1 = Vector256<double>.Zero;
        Vector256<double> sum2 = Vector256<double>.Zero;
        Vector256<double> sum3 = Vector256<double>.Zero;
        ref float source = ref MemoryMarshal.GetReference(block);
        nuint length = (uint)block.Length;
        nuint i = 0;
        for (; length - i >= Lanes.Count; i += Lanes.Count)
        {
            (Vector256<double> x0, Vector256<double> x1) = Vector256.Widen(Vector256.LoadUnsafe(ref source, i));
            (Vector256<double> x2, Vector256<double> x3) = Vector256.Widen(Vector256.LoadUnsafe(ref source, i + 8));
            sum0 += x0 * x0;
            sum1 += x1 * x1;
            sum2 += x2 * x2;
            sum3 += x3 * x3;
        }

        LaneBuffer lanes = default;
        ref double target = ref lanes[0];
        sum0.StoreUnsafe(ref target);
        sum1.StoreUnsafe(ref target, 4);
        sum2.StoreUnsafe(ref target, 8);
        sum3.StoreUnsafe(ref target, 12);
        return Finish(block[(int)i..], lanes);
    }

    internal static double BlockSum128(ReadOnlySpan<float> block)
    {
        // Two passes, each over half of the lanes: by the second pass the block is in the L1 cache.
        LaneBuffer lanes = default;
        AddLanes128(block, 0, ref lanes[0]);
        AddLanes128(block, 8, ref lanes[8]);
        return Finish(block[(block.Length / Lanes.Count * Lanes.Count)..], lanes);
    }

    /// <summary>Sums of squares in lanes <paramref name="first"/> to first + 7, over all whole groups of 16.</summary>
    private static void AddLanes128(ReadOnlySpan<float> block, nuint first, ref double target)
    {
        Vector128<double> sum0 = Vector128<double>.Zero;
        Vector128<double> sum1 = Vector128<double>.Zero;
        Vector128<double> sum2 = Vector128<double>.Zero;
        Vector128<double> sum3 = Vector128<double>.Zero;
        ref float source = ref MemoryMarshal.GetReference(block);
        nuint length = (uint)block.Length;
        for (nuint i = 0; length - i >= Lanes.Count; i += Lanes.Count)
        {
            (Vector128<double> x0, Vector128<double> x1) = Vector128.Widen(Vector128.LoadUnsafe(ref source, i + first));
            (Vector128<double> x2, Vector128<double> x3) = Vector128.Widen(Vector128.LoadUnsafe(ref source, i + first + 4));
            sum0 += x0 * x0;
            sum1 += x1 * x1;
            sum2 += x2 * x2;
            sum3 += x3 * x3;
        }

        sum0.StoreUnsafe(ref target);
        sum1.StoreUnsafe(ref target, 2);
        sum2.StoreUnsafe(ref target, 4);
        sum3.StoreUnsafe(ref target, 6);
    }

    /// <summary>Adds the squares of the last elements, fewer than 16, to their lanes, then adds up the lanes.</summary>
    private static double Finish(ReadOnlySpan<float> tail, LaneBuffer lanes)
    {
        NormReference.AddSquares(tail, lanes);
        return NormReference.AddLanes(lanes);
    }

    [InlineArray(Lanes.Count)]
    private struct LaneBuffer
    {
        private double _lane0;
    }
}
