namespace ConvNN.Kernels.Functions;

public static partial class Elementary
{
    private const double TwoOverRootPi = 1.1283791670955126;
    private const float ErfLargest = 4;                          // from here on, erf x rounds to 1
    private const float ErfSmall = 0.95f;
    private const float ExpMinusOneSmall = 0.34f;                // below this, k = 0 in Exp

    /// <summary>e^x − 1, to 1.7 ulp for x below 0.34.</summary>
    /// <remarks>Near 0, the polynomial of <see cref="Exp(float)"/> without its 1, to avoid cancellation; otherwise Exp(x) − 1.</remarks>
    /// <param name="x">The exponent.</param>
    public static float ExpMinusOne(float x)
    {
        float q = 0.000197892528f;
        q = MathF.FusedMultiplyAdd(q, x, 0.00139445206f);
        q = MathF.FusedMultiplyAdd(q, x, 0.00833349861f);
        q = MathF.FusedMultiplyAdd(q, x, 0.0416662991f);
        q = MathF.FusedMultiplyAdd(q, x, 0.166666657f);
        q = MathF.FusedMultiplyAdd(q, x, 0.5f);
        float small = MathF.FusedMultiplyAdd(x * x, q, x);
        return MathF.Abs(x) < ExpMinusOneSmall ? small : Exp(x) - 1;
    }

    /// <summary>The error function 2/√π · ∫₀ˣ e^(−t²) dt, to 1.2 ulp.</summary>
    /// <remarks>
    /// With a = |x|, capped at 4: a + a·t(a²) for a &lt; 0.95, where t has degree 6; otherwise 1 − e^(−u(a)), where u has degree 7.
    /// Erf(±0) = ±0, Erf(±∞) = ±1.
    /// </remarks>
    /// <param name="x">The argument.</param>
    public static float Erf(float x)
    {
        float a = MathF.Abs(x);
        a = a > ErfLargest ? ErfLargest : a;
        float z = a * a;
        float t = 8.185094e-05f;
        t = MathF.FusedMultiplyAdd(t, z, -0.00080977037f);
        t = MathF.FusedMultiplyAdd(t, z, 0.0051969523f);
        t = MathF.FusedMultiplyAdd(t, z, -0.026857706f);
        t = MathF.FusedMultiplyAdd(t, z, 0.11283664f);
        t = MathF.FusedMultiplyAdd(t, z, -0.37612632f);
        t = MathF.FusedMultiplyAdd(t, z, 0.12837917f);
        float u = 2.1445514e-05f;
        u = MathF.FusedMultiplyAdd(u, a, -0.00043852936f);
        u = MathF.FusedMultiplyAdd(u, a, 0.004190853f);
        u = MathF.FusedMultiplyAdd(u, a, -0.025171801f);
        u = MathF.FusedMultiplyAdd(u, a, 0.10836154f);
        u = MathF.FusedMultiplyAdd(u, a, 0.6332724f);
        u = MathF.FusedMultiplyAdd(u, a, 1.129552f);
        u = MathF.FusedMultiplyAdd(u, a, -0.00018245919f);
        return MathF.CopySign(a < ErfSmall ? MathF.FusedMultiplyAdd(a, t, a) : 1 - Exp(-u), x);
    }

    /// <summary>The error function, to 5 ulp: for reference implementations, where speed does not matter.</summary>
    /// <remarks>2/√π · e^(−x²) · Σ x (2x²)ⁿ / (1·3·…·(2n+1)), whose terms all have the same sign; ±1 for |x| ≥ 6.</remarks>
    /// <param name="x">The argument.</param>
    public static double Erf(double x)
    {
        if (!(Math.Abs(x) < 6))
        {
            return double.IsNaN(x) ? x : Math.Sign(x);
        }

        double term = x, sum = 0;
        for (int n = 1; sum + term != sum; n++)
        {
            sum += term;
            term *= 2 * x * x / ((2 * n) + 1);
        }

        return TwoOverRootPi * Exp(-x * x) * sum;
    }
}
