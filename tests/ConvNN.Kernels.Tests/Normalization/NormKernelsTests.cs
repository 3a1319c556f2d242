using ConvNN.Kernels.Normalization;
using ConvNN.Kernels.Sums;

namespace ConvNN.Kernels.Tests.Normalization;

public class NormKernelsTests
{
    private delegate double BlockSum(ReadOnlySpan<float> block);

    [Fact]
    public void SumOfSquares_EveryLengthAtAPageEnd_HasTheReferencesBits()
    {
        for (int length = 0; length <= 257; length++)
        {
            using var x = new GuardedMemory<float>(Values(length, seed: length));
            AssertSameBits(NormReference.SumOfSquares(x.Span), NormKernels.SumOfSquares(x.Span), $"length {length}");
        }
    }

    /// <summary>All widths, in one process: those that this machine lacks run in software.</summary>
    [Fact]
    public void BlockSum_EveryWidth_HasTheReferencesBits()
    {
        (string Name, BlockSum Sum)[] paths = [("512", NormKernels.BlockSum512), ("256", NormKernels.BlockSum256), ("128", NormKernels.BlockSum128)];
        foreach (int length in Enumerable.Range(0, 258).Append(4095).Append(4096))
        {
            using var x = new GuardedMemory<float>(Values(length, seed: length));
            foreach ((string name, BlockSum sum) in paths)
            {
                AssertSameBits(NormReference.BlockSum(x.Span), sum(x.Span), $"{name} bits wide, length {length}");
            }
        }
    }

    [Theory]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(8192)]
    [InlineData(3 * 4096)]
    [InlineData((7 * 4096) + 5)]
    [InlineData(182_170)]
    public void SumOfSquares_SeveralBlocks_HasTheReferencesBits(int length)
    {
        using var x = new GuardedMemory<float>(Values(length, seed: 1));

        AssertSameBits(NormReference.SumOfSquares(x.Span), NormKernels.SumOfSquares(x.Span), $"length {length}");
    }

    /// <summary>Workers compute blocks in any order; the joined sum is that of one call.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(13)]
    public void SumOfSquares_BlocksSummedApart_HasTheBitsOfOneCall(int blocks)
    {
        float[] x = Values((blocks * NormKernels.BlockLength) - 3, seed: blocks);
        var sums = new double[blocks];
        for (int b = blocks - 1; b >= 0; b--)
        {
            sums[b] = NormKernels.SumOfSquares(x, b, b + 1);
        }

        AssertSameBits(NormKernels.SumOfSquares(x), SumTree.Join(sums), $"{blocks} blocks");
    }

    /// <summary>However the tree is cut, each piece computed on its own, the sum is the same.</summary>
    [Fact]
    public void SumOfSquares_EveryLegalSplit_HasTheBitsOfOneCall()
    {
        const int Blocks = 13;
        float[] x = Values((Blocks * NormKernels.BlockLength) - 100, seed: 3);
        double whole = NormKernels.SumOfSquares(x);

        // The ways w(n) = 1 + w(⌊n/2⌋) · w(⌈n/2⌉): 1, 2, 3, 5, …, w(6) = 10, w(7) = 16.
        double[] splits = [.. SplitSums(x, 0, Blocks)];

        Assert.True(splits.Length == 161, $"{splits.Length} ways to cut the tree over 13 blocks, expected 161.");
        for (int i = 0; i < splits.Length; i++)
        {
            AssertSameBits(whole, splits[i], $"split {i}");
        }
    }

    [Theory]
    [InlineData(float.NaN, double.NaN)]
    [InlineData(float.PositiveInfinity, double.PositiveInfinity)]
    [InlineData(float.NegativeInfinity, double.PositiveInfinity)]
    [InlineData(float.MaxValue, 1.1579207543382391E+77)]
    [InlineData(float.Epsilon, 1.9636373861190906E-90)]
    [InlineData(-0f, 0.0)]
    public void SumOfSquares_OneSpecialValue_IsItsSquare(float value, double expected)
    {
        for (int index = 0; index < 40; index++)
        {
            var x = new float[40];
            x[index] = value;
            double actual = NormKernels.SumOfSquares(x);
            Assert.True(actual.Equals(expected) && !double.IsNegative(actual) | double.IsNaN(expected), $"{value:g9} at {index}: {actual:r}, expected {expected:r}.");
        }
    }

    /// <summary>n additions of positive terms in a tree of depth d are off by at most d roundings: 256 + 4 + 4 here.</summary>
    [Fact]
    public void SumOfSquares_RandomValues_IsNearTheExactSum()
    {
        float[] x = Values(50_000, seed: 5);
        decimal exact = 0;
        foreach (float value in x)
        {
            exact += (decimal)((double)value * value);           // 15 digits of each square, 28 of the sum
        }

        double actual = NormKernels.SumOfSquares(x);
        double bound = (264 * Math.ScaleB(1, -53)) + 1e-15;

        Assert.True(Math.Abs((actual / (double)exact) - 1) <= bound, $"got {actual:r}, expected {exact} within {bound:g3} of it.");
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(1, 0)]
    [InlineData(0, 3)]
    public void SumOfSquares_BlocksOutOfRange_Throws(int from, int to) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => NormKernels.SumOfSquares(new float[NormKernels.BlockLength + 1], from, to));

    /// <summary>The sum over [from, to) for every way of computing it: as one piece, or any way for either half.</summary>
    private static IEnumerable<double> SplitSums(float[] x, int from, int to)
    {
        yield return NormKernels.SumOfSquares(x, from, to);
        if (to - from > 1)
        {
            int middle = SumTree.Middle(from, to);
            foreach (double left in SplitSums(x, from, middle))
            {
                foreach (double right in SplitSums(x, middle, to))
                {
                    yield return left + right;
                }
            }
        }
    }

    private static float[] Values(int length, int seed)
    {
        var random = new Random(seed);
        var values = new float[length];
        for (int i = 0; i < length; i++)
        {
            values[i] = (float)((random.NextDouble() - 0.5) * Math.ScaleB(1, random.Next(-20, 20)));
        }

        return values;
    }

    private static void AssertSameBits(double expected, double actual, string what) =>
        Assert.True(BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(actual), $"{what}: got {actual:r}, expected {expected:r}.");
}
