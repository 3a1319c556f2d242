using System.Numerics;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Functions;

/// <content>The float functions on vectors of any width. Each lane repeats the scalar operations, so the bits match.</content>
public static partial class Elementary
{
    /// <summary><see cref="Exp(float)"/> of each lane.</summary>
    internal static Vector<float> Exp(Vector<float> x)
    {
        x = Vector.ConditionalSelect(Vector.GreaterThan(x, Vector.Create(MaxExponentSingle)), Vector.Create(MaxExponentSingle), x);
        x = Vector.ConditionalSelect(Vector.LessThan(x, Vector.Create(MinExponentSingle)), Vector.Create(MinExponentSingle), x);
        Vector<float> shifted = Fused.MultiplyAdd(x, Vector.Create(Log2ESingle), Vector.Create(RoundingShiftSingle));
        Vector<float> k = shifted - Vector.Create(RoundingShiftSingle);
        Vector<float> exact = Fused.MultiplyAdd(-k, Vector.Create(Ln2Single), x);
        Vector<float> r = Fused.MultiplyAdd(-k, Vector.Create(Ln2SingleLow), exact);
        Vector<float> y = Vector<float>.One + Fused.MultiplyAdd(r * r, ExpTerms(r), r);

        Vector<int> exponent = Vector.AsVectorInt32(shifted) - Vector.Create(RoundingShiftSingleBits);
        Vector<int> half = Vector.ShiftRightArithmetic(exponent, 1);
        return y * PowerOfTwo(half) * PowerOfTwo(exponent - half);
    }

    /// <summary><see cref="ExpMinusOne(float)"/> of each lane.</summary>
    internal static Vector<float> ExpMinusOne(Vector<float> x)
    {
        Vector<float> small = Fused.MultiplyAdd(x * x, ExpTerms(x), x);
        return Vector.ConditionalSelect(Vector.LessThan(Vector.Abs(x), Vector.Create(ExpMinusOneSmall)), small, Exp(x) - Vector<float>.One);
    }

    /// <summary><see cref="Tanh(float)"/> of each lane.</summary>
    internal static Vector<float> Tanh(Vector<float> x)
    {
        Vector<float> a = Vector.Abs(x);
        Vector<float> t = Horner(
            a * a,
            [0.000160419353f, -0.000971545407f, 0.00325540127f, -0.00871925242f, 0.0218325611f, -0.053962931f, 0.133332953f, -0.333333313f]);
        Vector<float> small = Fused.MultiplyAdd(a * (a * a), t, a);
        Vector<float> large = Vector<float>.One - (Vector.Create(2f) / (Exp(Vector.Create(2f) * a) + Vector<float>.One));
        return CopySign(Vector.ConditionalSelect(Vector.LessThan(a, Vector.Create(0.9f)), small, large), x);
    }

    /// <summary><see cref="Erf(float)"/> of each lane.</summary>
    internal static Vector<float> Erf(Vector<float> x)
    {
        Vector<float> a = Vector.Abs(x);
        a = Vector.ConditionalSelect(Vector.GreaterThan(a, Vector.Create(ErfLargest)), Vector.Create(ErfLargest), a);
        Vector<float> t = Horner(
            a * a, [8.185094e-05f, -0.00080977037f, 0.0051969523f, -0.026857706f, 0.11283664f, -0.37612632f, 0.12837917f]);
        Vector<float> u = Horner(
            a, [2.1445514e-05f, -0.00043852936f, 0.004190853f, -0.025171801f, 0.10836154f, 0.6332724f, 1.129552f, -0.00018245919f]);
        Vector<float> small = Fused.MultiplyAdd(a, t, a);
        return CopySign(Vector.ConditionalSelect(Vector.LessThan(a, Vector.Create(ErfSmall)), small, Vector<float>.One - Exp(-u)), x);
    }

    private static Vector<float> ExpTerms(Vector<float> r) =>
        Horner(r, [0.000197892528f, 0.00139445206f, 0.00833349861f, 0.0416662991f, 0.166666657f, 0.5f]);

    /// <summary>Evaluates a polynomial by Horner's rule, highest coefficient first.</summary>
    private static Vector<float> Horner(Vector<float> x, ReadOnlySpan<float> coefficients)
    {
        Vector<float> sum = Vector.Create(coefficients[0]);
        for (int i = 1; i < coefficients.Length; i++)
        {
            sum = Fused.MultiplyAdd(sum, x, Vector.Create(coefficients[i]));
        }

        return sum;
    }

    private static Vector<float> CopySign(Vector<float> magnitude, Vector<float> sign) =>
        Vector.ConditionalSelect(Vector.AsVectorInt32(Vector.Create(-0f)), sign, magnitude);

    private static Vector<float> PowerOfTwo(Vector<int> k) => Vector.AsVectorSingle(Vector.ShiftLeft(k + Vector.Create(127), 23));
}
