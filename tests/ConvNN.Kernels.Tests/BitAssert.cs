namespace ConvNN.Kernels.Tests;

/// <summary>Equality of floats as bits: +0 is not −0, and a NaN equals itself.</summary>
internal static class BitAssert
{
    /// <summary>Fails at the first element whose bits differ.</summary>
    /// <param name="expected">The right values.</param>
    /// <param name="actual">The computed ones.</param>
    /// <param name="context">Tier and sizes, for the message.</param>
    public static void Equal(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string context)
    {
        Assert.True(expected.Length == actual.Length, $"{context}: expected {expected.Length} elements, actual {actual.Length}.");
        for (int i = 0; i < expected.Length; i++)
        {
            (int left, int right) = (BitConverter.SingleToInt32Bits(expected[i]), BitConverter.SingleToInt32Bits(actual[i]));
            if (left != right)
            {
                Assert.Fail($"{context}: at index {i} expected {expected[i]:g9} (0x{left:x8}), actual {actual[i]:g9} (0x{right:x8}).");
            }
        }
    }

    /// <summary>Fails at the first −0.</summary>
    public static void HasNoNegativeZero(ReadOnlySpan<float> actual, string context)
    {
        for (int i = 0; i < actual.Length; i++)
        {
            Assert.False(BitConverter.SingleToInt32Bits(actual[i]) == int.MinValue, $"{context}: at index {i} expected no -0, actual -0.");
        }
    }
}
