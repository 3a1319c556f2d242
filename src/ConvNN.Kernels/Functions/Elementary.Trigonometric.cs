namespace ConvNN.Kernels.Functions;

public static partial class Elementary
{
    /// <summary>The largest magnitude, 2³⁰, for which <see cref="Sin"/> and <see cref="Cos"/> are defined.</summary>
    public const double MaxAngle = 1073741824;

    private const double TwoOverPi = 0.6366197723675814;

    // π/2 as a sum of three doubles, 159 bits.
    private const double HalfPi = 1.5707963267948966;
    private const double HalfPiMiddle = 6.123233995736766e-17;
    private const double HalfPiLow = -1.4973849048591698e-33;

    /// <summary>The sine of an angle in radians, to 0.8 ulp.</summary>
    /// <remarks>
    /// Subtracts an integer multiple of π/2 to get r in [−π/4, π/4] as a double-double, then evaluates r + r³·s(r²) or
    /// 1 − r²/2 + r⁴·c(r²), where s and c have degree 5. Sin(±0) = ±0. Infinite angles and angles beyond <see cref="MaxAngle"/>
    /// give NaN: training does not need them, and a wrong value would go unnoticed.
    /// </remarks>
    /// <param name="x">The angle, at most <see cref="MaxAngle"/> in magnitude.</param>
    public static double Sin(double x)
    {
        double magnitude = Math.Abs(x);
        return magnitude < 7.450580596923828e-09 ? x : SineOfQuadrant(x, 0);       // 2^-27: x³/6 is below half an ulp
    }

    /// <summary>The cosine of an angle in radians, to 0.8 ulp; method and range as for <see cref="Sin"/>.</summary>
    /// <param name="x">The angle, at most <see cref="MaxAngle"/> in magnitude.</param>
    public static double Cos(double x) => SineOfQuadrant(x, 1);

    /// <summary>sin(x + quadrants · π/2).</summary>
    private static double SineOfQuadrant(double x, int quadrants)
    {
        if (!(Math.Abs(x) <= MaxAngle))
        {
            return double.NaN;
        }

        double shifted = Math.FusedMultiplyAdd(x, TwoOverPi, RoundingShift);
        double n = shifted - RoundingShift;
        double exact = Math.FusedMultiplyAdd(-n, HalfPi, x);     // a multiple of 2^-53 below one: no rounding
        double rest = n * HalfPiMiddle;
        double restLow = Math.FusedMultiplyAdd(n, HalfPiMiddle, -rest);
        double r = exact - rest;
        double moved = r - exact;                                // for the rounding error of r (Knuth's two-sum)
        double error = exact - (r - moved) - (rest + moved);
        double low = Math.FusedMultiplyAdd(-n, HalfPiLow, error - restLow);

        int quadrant = (int)BitConverter.DoubleToInt64Bits(shifted) + quadrants;
        double value = (quadrant & 1) == 0 ? SineOfSum(r, low) : CosineOfSum(r, low);
        return (quadrant & 2) == 0 ? value : -value;
    }

    /// <summary>sin(r + low) for |r| ≤ π/4 and a tiny low.</summary>
    private static double SineOfSum(double r, double low)
    {
        double z = r * r;
        double s = 1.5896505373298765e-10;
        s = Math.FusedMultiplyAdd(s, z, -2.505075327303652e-08);
        s = Math.FusedMultiplyAdd(s, z, 2.7557313662122315e-06);
        s = Math.FusedMultiplyAdd(s, z, -0.00019841269829725438);
        s = Math.FusedMultiplyAdd(s, z, 0.008333333333322316);
        s = Math.FusedMultiplyAdd(s, z, -0.16666666666666632);
        return r + Math.FusedMultiplyAdd(r * z, s, Math.FusedMultiplyAdd(-0.5 * z, low, low));
    }

    /// <summary>cos(r + low) for |r| ≤ π/4 and a tiny low.</summary>
    private static double CosineOfSum(double r, double low)
    {
        double z = r * r;
        double c = -1.135944937573465e-11;
        c = Math.FusedMultiplyAdd(c, z, 2.0875719575191816e-09);
        c = Math.FusedMultiplyAdd(c, z, -2.755731432618067e-07);
        c = Math.FusedMultiplyAdd(c, z, 2.4801587289395573e-05);
        c = Math.FusedMultiplyAdd(c, z, -0.0013888888888873992);
        c = Math.FusedMultiplyAdd(c, z, 0.0416666666666666);
        double half = 0.5 * z;
        double oneMinus = 1 - half;
        return oneMinus + (1 - oneMinus - half + Math.FusedMultiplyAdd(z * z, c, -(r * low)));
    }
}
