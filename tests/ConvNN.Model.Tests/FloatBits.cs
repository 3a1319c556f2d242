namespace ConvNN.Model.Tests;

/// <summary>Equality of floats as bits.</summary>
internal static class FloatBits
{
    /// <summary>Fails at the first element whose bits differ.</summary>
    public static void AssertEqual(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string context)
    {
        Assert.True(expected.Length == actual.Length, $"{context}: expected {expected.Length} elements, actual {actual.Length}.");
        for (int i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]))
            {
                Assert.Fail($"{context}: at index {i} expected {expected[i]:g9}, actual {actual[i]:g9}.");
            }
        }
    }
}
