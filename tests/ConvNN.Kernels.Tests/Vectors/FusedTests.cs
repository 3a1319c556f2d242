using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Tests.Vectors;

public class FusedTests
{
    // 1 + ulp, and 2⁻¹² (1 ± ulp): their product is just below half an ulp, so a sum that is rounded twice ends one too high.
    private const float OneUp = 1 + (1f / 8_388_608);
    private const float RootUp = OneUp / 4096;
    private const float RootDown = (1 - (1f / 8_388_608)) / 4096;

    [Theory]
    [InlineData(RootUp, RootDown, OneUp)]
    [InlineData(RootUp, -RootDown, -OneUp)]
    [InlineData(-RootUp, RootDown, OneUp)]
    [InlineData(float.Epsilon, float.Epsilon, OneUp)]
    [InlineData(float.Epsilon, -float.Epsilon, -0f)]
    [InlineData(float.Epsilon, 0.5f, float.Epsilon)]
    [InlineData(float.MaxValue, 2f, -float.MaxValue)]
    [InlineData(float.MaxValue, OneUp, -1f)]
    [InlineData(float.MaxValue, float.MaxValue, float.NegativeInfinity)]
    [InlineData(float.PositiveInfinity, 0f, 1f)]
    [InlineData(0f, -1f, 0f)]
    [InlineData(-0f, 1f, -0f)]
    public void InDouble_HardCases_AreRoundedOnce(float left, float right, float addend) => AssertRoundedOnce(left, right, addend);

    [Fact]
    public void InDouble_AnyBits_AreRoundedOnce()
    {
        Random random = new(7);
        for (int i = 0; i < 400_000; i++)
        {
            AssertRoundedOnce(Bits(random.Next(int.MinValue, int.MaxValue)), Bits(random.Next(int.MinValue, int.MaxValue)), Bits(random.Next(int.MinValue, int.MaxValue)));
        }
    }

    [Fact]
    public void InDouble_ProductsNearHalfAnUlp_AreRoundedOnce()
    {
        Random random = new(8);
        for (int i = 0; i < 400_000; i++)
        {
            // The addend has any last bits, and the product is about half of its ulp, up to a few of the product's own.
            float addend = Bits((127 << 23) | random.Next(1 << 23)) * (random.Next(2) == 0 ? 1 : -1);
            float left = Bits((115 << 23) | random.Next(4));
            float right = Bits((115 << 23) - random.Next(4)) * (random.Next(2) == 0 ? 1 : -1);
            AssertRoundedOnce(left, right, addend);
        }
    }

    [Fact]
    public void MultiplyAdd_VectorOfAnyWidth_IsThatOfTheProcessor()
    {
        Random random = new(9);
        float[] values = new float[3 * Vector<float>.Count];
        for (int i = 0; i < 10_000; i++)
        {
            random.NextBytes(MemoryMarshal.AsBytes(values.AsSpan()));
            Vector<float> left = new(values, 0), right = new(values, Vector<float>.Count), addend = new(values, 2 * Vector<float>.Count);
            Vector<float> sum = Fused.MultiplyAdd(left, right, addend);
            for (int lane = 0; lane < Vector<float>.Count; lane++)
            {
                AssertSame(MathF.FusedMultiplyAdd(left[lane], right[lane], addend[lane]), sum[lane], $"{left[lane]:g9} · {right[lane]:g9} + {addend[lane]:g9}");
            }
        }
    }

    private static void AssertRoundedOnce(float left, float right, float addend)
    {
        float expected = MathF.FusedMultiplyAdd(left, right, addend);
        Vector128<float> sum = Fused.InDouble(Vector128.Create(1f, left, 2f, left), Vector128.Create(1f, right, 2f, right), Vector128.Create(1f, addend, 2f, addend));
        Assert.Equal([2f, 6f], [sum[0], sum[2]]);
        AssertSame(expected, sum[1], $"{left:g9} · {right:g9} + {addend:g9}");
        AssertSame(expected, sum[3], $"{left:g9} · {right:g9} + {addend:g9}");
    }

    // Which of the many NaN comes out is up to the processor.
    private static void AssertSame(float expected, float actual, string context) =>
        BitAssert.Equal([float.IsNaN(expected) ? float.NaN : expected], [float.IsNaN(actual) ? float.NaN : actual], context);

    private static float Bits(int bits) => BitConverter.Int32BitsToSingle(bits);
}
