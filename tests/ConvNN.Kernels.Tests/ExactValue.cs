using System.Numerics;

namespace ConvNN.Kernels.Tests;

/// <summary>The number <c>Mantissa · 2^Exponent</c> to far more digits than a double, to measure errors against.</summary>
internal readonly record struct ExactValue(BigInteger Mantissa, int Exponent)
{
    /// <summary>A finite double as it is, with a whole mantissa.</summary>
    public static ExactValue Of(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        long mantissa = bits & ((1L << 52) - 1);
        int exponent = (int)((bits >> 52) & 0x7FF);
        mantissa |= exponent == 0 ? 0 : 1L << 52;
        return new(bits < 0 ? -mantissa : mantissa, Math.Max(exponent, 1) - 1075);
    }

    /// <summary>The distance from <paramref name="actual"/> in units in the last place that this value has as a double.</summary>
    public double UlpsFrom(double actual)
    {
        if (!double.IsFinite(actual))
        {
            return double.PositiveInfinity;
        }

        int unit = Math.Max((int)BigInteger.Abs(Mantissa).GetBitLength() + Exponent - 53, -1074) - 32;      // 2^-32 ulp
        return (double)BigInteger.Abs(Shift(Of(actual), unit) - Shift(this, unit)) / (1L << 32);
    }

    private static BigInteger Shift(ExactValue value, int unit) =>
        value.Exponent >= unit ? value.Mantissa << (value.Exponent - unit) : value.Mantissa >> (unit - value.Exponent);
}
