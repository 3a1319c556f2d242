using System.Numerics;

namespace ConvNN.Kernels.Tests.Functions;

/// <summary>
/// Elementary functions by Taylor series on whole numbers with 256 bits behind the point: slow, plain, and on every
/// machine the same. For arguments of at least 2^-100 in magnitude and results within a double's range.
/// </summary>
internal static class ExactElementary
{
    private const int Bits = 256;

    private static readonly BigInteger One = BigInteger.One << Bits;
    private static readonly BigInteger Ln2 = 2 * AtanhOf(One / 3);
    private static readonly BigInteger HalfPi = 2 * ((4 * Arctangent(5)) - Arctangent(239));      // Machin 1706

    public static ExactValue Exp(double x) => ExpOf(Fixed(x));

    public static ExactValue Log(double x) => new(LogOf(x), -Bits);

    public static ExactValue Pow(double x, double y)
    {
        ExactValue exponent = ExactValue.Of(y);
        BigInteger product = LogOf(x) * exponent.Mantissa;
        return ExpOf(exponent.Exponent >= 0 ? product << exponent.Exponent : product >> -exponent.Exponent);
    }

    public static ExactValue Tanh(double x)
    {
        ExactValue power = ExpOf(2 * Fixed(x));
        BigInteger e = power.Exponent + Bits >= 0 ? power.Mantissa << (power.Exponent + Bits) : power.Mantissa >> -(power.Exponent + Bits);
        return new(((e - One) << Bits) / (e + One), -Bits);
    }

    public static ExactValue Sin(double x) => SineOfQuadrant(x, 0);

    public static ExactValue Cos(double x) => SineOfQuadrant(x, 1);

    private static ExactValue SineOfQuadrant(double x, int quadrants)
    {
        (BigInteger n, BigInteger r) = Nearest(Fixed(x), HalfPi);
        int quadrant = (int)((n + quadrants) & 3);
        BigInteger squared = -Multiply(r, r);
        BigInteger sum = 0;
        BigInteger term = quadrant % 2 == 0 ? r : One;
        for (int i = quadrant % 2 == 0 ? 2 : 1; !IsNegligible(term); i += 2)
        {
            sum += term;
            term = Multiply(term, squared) / (i * (i + 1));
        }

        return new(quadrant < 2 ? sum : -sum, -Bits);
    }

    private static ExactValue ExpOf(BigInteger x)
    {
        (BigInteger k, BigInteger r) = Nearest(x, Ln2);
        BigInteger sum = 0;
        BigInteger term = One;
        for (int i = 1; !IsNegligible(term); i++)
        {
            sum += term;
            term = Multiply(term, r) / i;
        }

        return new(sum, (int)k - Bits);
    }

    private static BigInteger LogOf(double x)
    {
        ExactValue value = ExactValue.Of(x);
        int exponent = (int)value.Mantissa.GetBitLength();
        BigInteger m = value.Mantissa << (Bits - exponent);       // in [1/2, 1)
        exponent += value.Exponent;
        if (Multiply(m, m) < One / 2)
        {
            m <<= 1;
            exponent--;
        }

        return (2 * AtanhOf(((m - One) << Bits) / (m + One))) + (exponent * Ln2);
    }

    private static BigInteger AtanhOf(BigInteger s)
    {
        BigInteger squared = Multiply(s, s);
        BigInteger sum = 0;
        for (int i = 1; !IsNegligible(s); i += 2)
        {
            sum += s / i;
            s = Multiply(s, squared);
        }

        return sum;
    }

    private static BigInteger Arctangent(int inverse)
    {
        BigInteger sum = 0;
        BigInteger term = One / inverse;
        for (int i = 1; !IsNegligible(term); i += 2)
        {
            sum += (i & 2) == 0 ? term / i : -(term / i);
            term /= inverse * inverse;
        }

        return sum;
    }

    /// <summary>The n for which |x − n · period| is least, and that difference.</summary>
    private static (BigInteger N, BigInteger Remainder) Nearest(BigInteger x, BigInteger period)
    {
        BigInteger n = BigInteger.Divide((2 * x) + (x.Sign * period), 2 * period);
        return (n, x - (n * period));
    }

    private static BigInteger Fixed(double x)
    {
        ExactValue value = ExactValue.Of(x);
        return value.Exponent >= -Bits ? value.Mantissa << (value.Exponent + Bits) : value.Mantissa >> -(value.Exponent + Bits);
    }

    private static BigInteger Multiply(BigInteger a, BigInteger b) => (a * b) >> Bits;

    // A shift rounds down, so a negative term ends at −1 and not at 0.
    private static bool IsNegligible(BigInteger term) => term.IsZero || term == BigInteger.MinusOne;
}
