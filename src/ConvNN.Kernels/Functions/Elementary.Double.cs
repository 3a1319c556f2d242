using System.Runtime.CompilerServices;

namespace ConvNN.Kernels.Functions;

public static partial class Elementary
{
    // Adding this to a number below 2^51 puts its integer part in the lowest bits: the sum rounds to the nearest integer, ties to even.
    private const double RoundingShift = 6755399441055744.0;     // 1.5 · 2^52

    private const double Log2E = 1.4426950408889634;
    private const double Ln2 = 0.6931471805599453;
    private const double Ln2Low = 2.3190468138462996e-17;        // ln 2 − Ln2

    // ln 2 to 42 bits, whose product with any exponent is exact, and the remainder.
    private const double Ln2Leading = 0.6931471805598903;
    private const double Ln2Trailing = 5.497923018708371e-14;

    private const double TwoThirds = 0.6666666666666666;
    private const double TwoThirdsLow = 3.700743415417188e-17;

    // Beyond these limits, rounding alone makes e^x overflow to infinity or underflow to zero.
    private const double MaxExponent = 710;
    private const double MinExponent = -746;

    /// <summary>The exponential function e^x, to 0.6 ulp, or 0.7 where the result is subnormal.</summary>
    /// <remarks>
    /// e^x = 2^k · e^r with k = round(x / ln 2), |r| ≤ ln 2 / 2 and e^r = 1 + r + r²·q(r), where q has degree 10.
    /// Exp(−∞) = 0, Exp(±0) = 1, Exp(+∞) = +∞; overflow gives +∞, underflow a subnormal number or 0.
    /// </remarks>
    /// <param name="x">The exponent.</param>
    public static double Exp(double x)
    {
        x = x > MaxExponent ? MaxExponent : x;
        x = x < MinExponent ? MinExponent : x;
        return ExpOfSum(x, 0);
    }

    /// <summary>The natural logarithm, to 0.51 ulp.</summary>
    /// <remarks>
    /// x = 2^e · m with m in [√½, √2); ln m = 2 atanh(s) with s = (m − 1) / (m + 1), the first two terms in double-double
    /// arithmetic (Dekker 1971). Log(±0) = −∞, Log(1) = +0, Log(+∞) = +∞, Log(x &lt; 0) is NaN.
    /// </remarks>
    /// <param name="x">The argument.</param>
    public static double Log(double x)
    {
        if (!(x > 0))
        {
            return x == 0 ? double.NegativeInfinity : double.NaN;
        }

        return x == double.PositiveInfinity ? x : LogAsSum(x).High;
    }

    /// <summary>x to the power y, to 0.9 ulp over the whole range.</summary>
    /// <remarks>
    /// exp(y · ln x) with ln x and the product in double-double arithmetic. Special values follow IEEE 754 <c>pow</c>:
    /// Pow(x, ±0) = 1 and Pow(1, y) = 1 even for NaN; a negative x requires an integer y, and an odd y keeps the sign of x.
    /// </remarks>
    /// <param name="x">The base.</param>
    /// <param name="y">The exponent.</param>
    public static double Pow(double x, double y)
    {
        if (x == 1 || y == 0)
        {
            return 1;
        }

        bool isRootOfNegative = x < 0 && double.IsFinite(x) && double.IsFinite(y) && !double.IsInteger(y);
        if (double.IsNaN(x) || double.IsNaN(y) || isRootOfNegative)
        {
            return double.NaN;
        }

        double magnitude = PowOfMagnitude(Math.Abs(x), y);
        return double.IsNegative(x) && double.IsOddInteger(y) ? -magnitude : magnitude;
    }

    /// <summary>The hyperbolic tangent, to 1.5 ulp.</summary>
    /// <remarks>
    /// With a = |x|: a + a³·t(a²) for a &lt; 0.625, where t has degree 12; otherwise 1 − 2 / (e^2a + 1). Tanh(±0) = ±0, Tanh(±∞) = ±1.
    /// </remarks>
    /// <param name="x">The argument.</param>
    public static double Tanh(double x)
    {
        double a = Math.Abs(x);
        return Math.CopySign(a < 0.625 ? TanhOfSmall(a) : 1 - (2 / (Exp(2 * a) + 1)), x);
    }

    private static double TanhOfSmall(double a)
    {
        double z = a * a;
        double t = -2.2767226170619507e-06;
        t = Math.FusedMultiplyAdd(t, z, 1.1807131250589343e-05);
        t = Math.FusedMultiplyAdd(t, z, -3.6639570122912746e-05);
        t = Math.FusedMultiplyAdd(t, z, 9.576022906922624e-05);
        t = Math.FusedMultiplyAdd(t, z, -0.00023877466426345961);
        t = Math.FusedMultiplyAdd(t, z, 0.0005899503111239131);
        t = Math.FusedMultiplyAdd(t, z, -0.001455822502175021);
        t = Math.FusedMultiplyAdd(t, z, 0.003592126758356141);
        t = Math.FusedMultiplyAdd(t, z, -0.008863235436752534);
        t = Math.FusedMultiplyAdd(t, z, 0.021869488531783877);
        t = Math.FusedMultiplyAdd(t, z, -0.05396825396813279);
        t = Math.FusedMultiplyAdd(t, z, 0.13333333333333164);
        t = Math.FusedMultiplyAdd(t, z, -0.3333333333333333);
        return Math.FusedMultiplyAdd(a * z, t, a);
    }

    private static double PowOfMagnitude(double a, double y)
    {
        if (a == 1)
        {
            return 1;
        }

        if (a == 0 || double.IsInfinity(a) || double.IsInfinity(y))
        {
            return a > 1 == y > 0 ? double.PositiveInfinity : 0;
        }

        (double high, double low) = LogAsSum(a);
        double product = y * high;
        if (product > MaxExponent)
        {
            return double.PositiveInfinity;
        }

        return product < MinExponent ? 0 : ExpOfSum(product, Math.FusedMultiplyAdd(y, high, -product) + (y * low));
    }

    /// <summary>e^(x + low) for x from <see cref="MinExponent"/> to <see cref="MaxExponent"/>, |low| ≤ 2⁻⁵³·|x|; NaN gives NaN.</summary>
    private static double ExpOfSum(double x, double low)
    {
        double shifted = Math.FusedMultiplyAdd(x, Log2E, RoundingShift);
        double k = shifted - RoundingShift;
        double exact = Math.FusedMultiplyAdd(-k, Ln2, x);        // a multiple of 2^-54 below one half: no rounding
        double rest = Math.FusedMultiplyAdd(k, Ln2Low, -low);
        double r = exact - rest;
        double tail = exact - r - rest;

        double q = 2.0826813523888733e-09;
        q = Math.FusedMultiplyAdd(q, r, 2.5111938954555707e-08);
        q = Math.FusedMultiplyAdd(q, r, 2.7557580248997055e-07);
        q = Math.FusedMultiplyAdd(q, r, 2.7557235227979526e-06);
        q = Math.FusedMultiplyAdd(q, r, 2.480158693071049e-05);
        q = Math.FusedMultiplyAdd(q, r, 0.0001984126989590375);
        q = Math.FusedMultiplyAdd(q, r, 0.0013888888889111307);
        q = Math.FusedMultiplyAdd(q, r, 0.008333333333317292);
        q = Math.FusedMultiplyAdd(q, r, 0.041666666666666116);
        q = Math.FusedMultiplyAdd(q, r, 0.16666666666666682);
        q = Math.FusedMultiplyAdd(q, r, 0.5);

        double onePlus = 1 + r;                                  // its error is kept, so only the last sum rounds
        double y = onePlus + (1 - onePlus + r + Math.FusedMultiplyAdd(r * r, q, Math.FusedMultiplyAdd(tail, r, tail)));

        // Two factors, because 2^k may be out of range even if the product is not; only the second multiplication rounds.
        int exponent = (int)BitConverter.DoubleToInt64Bits(shifted);
        int half = exponent >> 1;
        return y * PowerOfTwo(half) * PowerOfTwo(exponent - half);
    }

    /// <summary>ln x for positive finite x as an unevaluated sum, to a relative error of about 2⁻⁶⁴; High is the rounded value.</summary>
    private static (double High, double Low) LogAsSum(double x)
    {
        (double m, int exponent) = SplitAroundOne(x);
        double f = m - 1;                                        // exact
        double d = 2 + f;
        double dLow = f - (d - 2);
        double s = f / d;
        double sLow = Math.FusedMultiplyAdd(-s, dLow, Math.FusedMultiplyAdd(-s, d, f)) / d;
        double z = s * s;
        double zLow = Math.FusedMultiplyAdd(2 * s, sLow, Math.FusedMultiplyAdd(s, s, -z));
        double cube = s * z;
        double cubeLow = Math.FusedMultiplyAdd(s, z, -cube) + Math.FusedMultiplyAdd(s, zLow, sLow * z);
        double third = TwoThirds * cube;
        double thirdLow = Math.FusedMultiplyAdd(TwoThirds, cube, -third) + Math.FusedMultiplyAdd(TwoThirdsLow, cube, TwoThirds * cubeLow);

        double q = 0.11990418603752338;                          // the terms from s⁵ on
        q = Math.FusedMultiplyAdd(q, z, 0.11674650217946966);
        q = Math.FusedMultiplyAdd(q, z, 0.1333632568384898);
        q = Math.FusedMultiplyAdd(q, z, 0.15384556656936565);
        q = Math.FusedMultiplyAdd(q, z, 0.18181818873439);
        q = Math.FusedMultiplyAdd(q, z, 0.2222222221751114);
        q = Math.FusedMultiplyAdd(q, z, 0.2857142857144522);
        q = Math.FusedMultiplyAdd(q, z, 0.3999999999999998);

        double sum = (2 * s) + third;
        double sumLow = (2 * s) - sum + third + Math.FusedMultiplyAdd(cube * z, q, thirdLow + (2 * sLow));
        double scale = exponent * Ln2Leading;                    // exact, and either zero or larger than the sum
        double high = scale + sum;
        double low = scale - high + sum + Math.FusedMultiplyAdd(exponent, Ln2Trailing, sumLow);
        double rounded = high + low;
        return (rounded, high - rounded + low);
    }

    /// <summary>x = 2^Exponent · M with M in [√½, √2), for positive finite x.</summary>
    private static (double M, int Exponent) SplitAroundOne(double x)
    {
        const long HalfRootBits = 0x3FE6A09E667F3BCD;            // √½
        bool isSubnormal = x < 2.2250738585072014e-308;
        long bits = BitConverter.DoubleToInt64Bits(isSubnormal ? x * 18014398509481984.0 : x);     // · 2^54
        int exponent = (int)((bits - HalfRootBits) >> 52);
        return (BitConverter.Int64BitsToDouble(bits - ((long)exponent << 52)), isSubnormal ? exponent - 54 : exponent);
    }

    /// <summary>2^k for k from −1022 to 1023.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double PowerOfTwo(int k) => BitConverter.Int64BitsToDouble((long)(k + 1023) << 52);
}
