using System.Runtime.CompilerServices;

namespace ConvNN.Kernels.Functions;

// The float functions use no tables, and their only branches are selects, so vectors can repeat them lane by lane: the same
// operations in the same order give the same bits.
public static partial class Elementary
{
    private const float RoundingShiftSingle = 12582912f;         // 1.5 · 2^23
    private const int RoundingShiftSingleBits = 0x4B400000;
    private const float Log2ESingle = 1.44269502f;
    private const float Ln2Single = 0.693147182f;
    private const float Ln2SingleLow = -1.90465421e-09f;

    // ln 2 to 16 bits, whose product with any exponent is exact, and the remainder.
    private const float Ln2SingleLeading = 0.693145752f;
    private const float Ln2SingleTrailing = 1.42860677e-06f;

    // Beyond these limits, rounding alone makes e^x overflow to infinity or underflow to zero.
    private const float MaxExponentSingle = 89;
    private const float MinExponentSingle = -104;

    /// <summary>The exponential function e^x, to 1 ulp.</summary>
    /// <remarks>
    /// e^x = 2^k · e^r with k = round(x / ln 2), |r| ≤ ln 2 / 2 and e^r = 1 + r + r²·q(r), where q has degree 5.
    /// Exp(−∞) = 0, Exp(±0) = 1, Exp(+∞) = +∞; overflow gives +∞, underflow a subnormal number or 0.
    /// </remarks>
    /// <param name="x">The exponent.</param>
    public static float Exp(float x)
    {
        x = x > MaxExponentSingle ? MaxExponentSingle : x;
        x = x < MinExponentSingle ? MinExponentSingle : x;
        float shifted = MathF.FusedMultiplyAdd(x, Log2ESingle, RoundingShiftSingle);
        float k = shifted - RoundingShiftSingle;
        float exact = MathF.FusedMultiplyAdd(-k, Ln2Single, x);  // a multiple of 2^-25 below one half: no rounding
        float r = MathF.FusedMultiplyAdd(-k, Ln2SingleLow, exact);

        float q = 0.000197892528f;
        q = MathF.FusedMultiplyAdd(q, r, 0.00139445206f);
        q = MathF.FusedMultiplyAdd(q, r, 0.00833349861f);
        q = MathF.FusedMultiplyAdd(q, r, 0.0416662991f);
        q = MathF.FusedMultiplyAdd(q, r, 0.166666657f);
        q = MathF.FusedMultiplyAdd(q, r, 0.5f);
        float y = 1 + MathF.FusedMultiplyAdd(r * r, q, r);

        // Two factors, because 2^k may be out of range even if the product is not; only the second multiplication rounds.
        int exponent = BitConverter.SingleToInt32Bits(shifted) - RoundingShiftSingleBits;
        int half = exponent >> 1;
        return y * PowerOfTwoSingle(half) * PowerOfTwoSingle(exponent - half);
    }

    /// <summary>The natural logarithm, to 0.82 ulp.</summary>
    /// <remarks>
    /// x = 2^e · m with m in [√½, √2); with f = m − 1, ln m = f − f²/2 + f³·p(f), where p has degree 8.
    /// Log(±0) = −∞, Log(1) = +0, Log(+∞) = +∞, Log(x &lt; 0) is NaN.
    /// </remarks>
    /// <param name="x">The argument.</param>
    public static float Log(float x)
    {
        const int HalfRootBits = 0x3F3504F3;                     // √½
        bool isSubnormal = x < 1.17549435e-38f;
        int bits = BitConverter.SingleToInt32Bits(isSubnormal ? x * 8388608f : x);      // · 2^23
        int shift = (bits - HalfRootBits) >> 23;
        float f = BitConverter.Int32BitsToSingle(bits - (shift << 23)) - 1;             // exact
        float exponent = shift - (isSubnormal ? 23 : 0);

        float p = 0.0674779043f;
        p = MathF.FusedMultiplyAdd(p, f, -0.116774656f);
        p = MathF.FusedMultiplyAdd(p, f, 0.118886381f);
        p = MathF.FusedMultiplyAdd(p, f, -0.124053456f);
        p = MathF.FusedMultiplyAdd(p, f, 0.142194629f);
        p = MathF.FusedMultiplyAdd(p, f, -0.166680053f);
        p = MathF.FusedMultiplyAdd(p, f, 0.200021222f);
        p = MathF.FusedMultiplyAdd(p, f, -0.250000089f);
        p = MathF.FusedMultiplyAdd(p, f, 0.333333135f);

        float z = f * f;
        float small = MathF.FusedMultiplyAdd(exponent, Ln2SingleTrailing, MathF.FusedMultiplyAdd(f * z, p, -0.5f * z));
        float scale = exponent * Ln2SingleLeading;               // exact, and either zero or larger than f
        float high = scale + f;
        float result = high + (scale - high + f + small);
        result = x < float.PositiveInfinity ? result : x;
        result = x > 0 ? result : float.NaN;
        return x == 0 ? float.NegativeInfinity : result;
    }

    /// <summary>The hyperbolic tangent, to 1 ulp.</summary>
    /// <remarks>
    /// With a = |x|: a + a³·t(a²) for a &lt; 0.9, where t has degree 7; otherwise 1 − 2 / (e^2a + 1). Tanh(±0) = ±0, Tanh(±∞) = ±1.
    /// </remarks>
    /// <param name="x">The argument.</param>
    public static float Tanh(float x)
    {
        float a = MathF.Abs(x);
        float z = a * a;
        float t = 0.000160419353f;
        t = MathF.FusedMultiplyAdd(t, z, -0.000971545407f);
        t = MathF.FusedMultiplyAdd(t, z, 0.00325540127f);
        t = MathF.FusedMultiplyAdd(t, z, -0.00871925242f);
        t = MathF.FusedMultiplyAdd(t, z, 0.0218325611f);
        t = MathF.FusedMultiplyAdd(t, z, -0.053962931f);
        t = MathF.FusedMultiplyAdd(t, z, 0.133332953f);
        t = MathF.FusedMultiplyAdd(t, z, -0.333333313f);
        float small = MathF.FusedMultiplyAdd(a * z, t, a);
        float large = 1 - (2 / (Exp(2 * a) + 1));
        return MathF.CopySign(a < 0.9f ? small : large, x);
    }

    /// <summary>2^k for k from −126 to 127.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float PowerOfTwoSingle(int k) => BitConverter.Int32BitsToSingle((k + 127) << 23);
}
