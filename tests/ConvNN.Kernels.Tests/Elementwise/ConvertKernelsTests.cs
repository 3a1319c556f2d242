using ConvNN.Kernels.Elementwise;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Tests.Elementwise;

public class ConvertKernelsTests
{
    private delegate void Conversion(ReadOnlySpan<byte> source, Span<float> target);

    [Fact]
    public void ToUnit_EveryValue_IsTheRoundedQuotient()
    {
        byte[] source = [.. Enumerable.Range(0, 256).Select(static i => (byte)i)];
        var target = new float[256];

        ConvertKernels.ToUnit(source, target, KernelSet.BestTier);

        for (int i = 0; i < 256; i++)
        {
            var expected = (float)(i / 255m);
            Assert.True(target[i] == expected, $"value {i}: got {target[i]:g9}, expected {expected:g9}.");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ToUnit_EveryLengthAtAPageEnd_HasTheReferencesBits(bool guardFront)
    {
        for (int length = 0; length <= 257; length++)
        {
            AssertMatchesReference("ToUnit", (source, target) => ConvertKernels.ToUnit(source, target, KernelSet.BestTier), length, guardFront);
        }
    }

    /// <summary>All widths, in one process: those that this machine lacks run in software.</summary>
    [Fact]
    public void ToUnit_EveryWidth_HasTheReferencesBits()
    {
        for (int length = 16; length <= 257; length++)
        {
            AssertMatchesReference("128", ConvertKernels.ToUnit128, length, guardFront: false);
            if (length >= 32)
            {
                AssertMatchesReference("256", ConvertKernels.ToUnit256, length, guardFront: false);
            }

            if (length >= 64)
            {
                AssertMatchesReference("512", ConvertKernels.ToUnit512, length, guardFront: false);
            }
        }
    }

    [Fact]
    public void ToUnit_LengthsDiffer_ThrowsWithBoth()
    {
        ArgumentException failure = Assert.Throws<ArgumentException>(static () => ConvertKernels.ToUnit(new byte[3], new float[4], KernelTier.Reference));

        Assert.Contains("4 elements", failure.Message, StringComparison.Ordinal);
        Assert.Contains("has 3", failure.Message, StringComparison.Ordinal);
    }

    private static void AssertMatchesReference(string name, Conversion convert, int length, bool guardFront)
    {
        using var source = new GuardedMemory<byte>(length, guardFront);
        using var target = new GuardedMemory<float>(length, guardFront);
        new Random(length).NextBytes(source.Span);
        target.Span.Fill(float.NaN);
        var expected = new float[length];
        ConvertReference.ToUnit(source.Span, expected);

        convert(source.Span, target.Span);

        for (int i = 0; i < length; i++)
        {
            bool same = BitConverter.SingleToInt32Bits(target.Span[i]) == BitConverter.SingleToInt32Bits(expected[i]);
            Assert.True(same, $"{name}, length {length}, element {i}: got {target.Span[i]:g9}, expected {expected[i]:g9}.");
        }
    }
}
