using ConvNN.Kernels.Functions;

namespace ConvNN.Kernels.Tests.Functions;

public class ElementaryDoubleTests
{
    private const double Infinity = double.PositiveInfinity;
    private const double Tiny = double.Epsilon;

    private static readonly Dictionary<string, Case> Cases = new()
    {
        ["Exp"] = new(Elementary.Exp, Math.Exp, ExactElementary.Exp, 0.7, static r => Uniform(r, -745, 709.7), static r => Scattered(r, -60, 8)),
        ["Log"] = new(Elementary.Log, Math.Log, ExactElementary.Log, 0.51, AnyPositive, static r => 1 + Scattered(r, -50, -1)),
        ["Tanh"] = new(Elementary.Tanh, Math.Tanh, ExactElementary.Tanh, 1.5, static r => Uniform(r, -20, 20), static r => Scattered(r, -60, 1)),
        ["Sin"] = new(Elementary.Sin, Math.Sin, ExactElementary.Sin, 0.8, static r => Uniform(r, -1e5, 1e5), NearQuarterTurn),
        ["Cos"] = new(Elementary.Cos, Math.Cos, ExactElementary.Cos, 0.8, static r => Uniform(r, -1e5, 1e5), NearQuarterTurn),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    public static TheoryData<string, double, double> SpecialValues => new()
    {
        { "Exp", double.NaN, double.NaN },
        { "Exp", Infinity, Infinity },
        { "Exp", -Infinity, 0.0 },
        { "Exp", 0.0, 1.0 },
        { "Exp", -0.0, 1.0 },
        { "Exp", Tiny, 1.0 },
        { "Exp", 709.782712893384, 1.7976931348622732E+308 },
        { "Exp", 709.7827128933841, Infinity },
        { "Exp", double.MaxValue, Infinity },
        { "Exp", -745.1332191019411, Tiny },
        { "Exp", -745.1332191019412, 0.0 },
        { "Exp", double.MinValue, 0.0 },
        { "Log", double.NaN, double.NaN },
        { "Log", Infinity, Infinity },
        { "Log", -Infinity, double.NaN },
        { "Log", -1.0, double.NaN },
        { "Log", -Tiny, double.NaN },
        { "Log", 0.0, -Infinity },
        { "Log", -0.0, -Infinity },
        { "Log", 1.0, 0.0 },
        { "Log", Tiny, -744.4400719213812 },
        { "Log", double.MaxValue, 709.782712893384 },
        { "Tanh", double.NaN, double.NaN },
        { "Tanh", Infinity, 1.0 },
        { "Tanh", -Infinity, -1.0 },
        { "Tanh", 0.0, 0.0 },
        { "Tanh", -0.0, -0.0 },
        { "Tanh", -Tiny, -Tiny },
        { "Tanh", 30.0, 1.0 },
        { "Sin", double.NaN, double.NaN },
        { "Sin", Infinity, double.NaN },
        { "Sin", Elementary.MaxAngle * 2, double.NaN },
        { "Sin", 0.0, 0.0 },
        { "Sin", -0.0, -0.0 },
        { "Sin", -Tiny, -Tiny },
        { "Sin", Math.PI, 1.2246467991473532E-16 },
        { "Sin", Math.PI / 2, 1.0 },
        { "Cos", double.NaN, double.NaN },
        { "Cos", -Infinity, double.NaN },
        { "Cos", -Elementary.MaxAngle * 2, double.NaN },
        { "Cos", 0.0, 1.0 },
        { "Cos", -0.0, 1.0 },
        { "Cos", Math.PI, -1.0 },
        { "Cos", Math.PI / 2, 6.123233995736766E-17 },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Function_RandomArguments_IsWithinItsErrorOfExact(string name)
    {
        Case tested = Cases[name];
        foreach (double x in Arguments(tested, count: 4_000))
        {
            double actual = tested.Function(x);
            double error = tested.Exact(x).UlpsFrom(actual);
            Assert.True(error <= tested.Ulps, $"{name}({x:r}) is {actual:r}, {error:f3} ulp from exact; expected at most {tested.Ulps}.");
        }
    }

    /// <summary>Many more arguments than the exact oracle has time for; the C library's functions are good to an ulp of their own.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Function_ManyRandomArguments_IsNearMath(string name)
    {
        Case tested = Cases[name];
        foreach (double x in Arguments(tested, count: 100_000))
        {
            double actual = tested.Function(x);
            double expected = tested.Math(x);
            double error = ExactValue.Of(expected).UlpsFrom(actual);
            Assert.True(error <= tested.Ulps + 1.5, $"{name}({x:r}) is {actual:r}, Math's {expected:r}; {error:f1} ulp apart.");
        }
    }

    [Fact]
    public void Pow_RandomArguments_IsWithinItsErrorOfExact()
    {
        var random = new Random(42);
        for (int i = 0; i < 4_000; i++)
        {
            double x = i % 2 == 0 ? AnyPositive(random) : Uniform(random, 0.01, 10);
            double y = i % 3 == 0 ? Uniform(random, -3, 3) : Uniform(random, -740, 709) / Math.Log(x);
            if (Math.Abs(y * Math.Log(x)) > 700)
            {
                continue;
            }

            double actual = Elementary.Pow(x, y);
            double error = ExactElementary.Pow(x, y).UlpsFrom(actual);
            Assert.True(error <= 0.9, $"Pow({x:r}, {y:r}) is {actual:r}, {error:f3} ulp from exact; expected at most 0.9.");
        }
    }

    [Fact]
    public void Pow_SpecialArguments_AreThoseOfIeee754()
    {
        double[] values =
        [
            double.NaN, double.NegativeInfinity, Infinity, double.MinValue, double.MaxValue, -0.0, 0, -Tiny, Tiny,
            -1, 1, -0.5, 0.5, -2, 2, -3, 3, 1 - 1e-16, 1 + 3e-16, 1e300, -1e300, 9007199254740991, -9007199254740993, 0.1, -2.5,
        ];

        foreach (double x in values)
        {
            foreach (double y in values)
            {
                double actual = Elementary.Pow(x, y);
                double expected = Math.Pow(x, y);
                bool near = double.IsFinite(expected) && expected != 0
                    ? ExactValue.Of(expected).UlpsFrom(actual) <= 2
                    : actual.Equals(expected) && double.IsNegative(actual) == (double.IsNegative(expected) && !double.IsNaN(expected));
                near |= double.IsNaN(expected) && double.IsNaN(actual);
                Assert.True(near, $"Pow({x:r}, {y:r}) is {actual:r}, expected {expected:r}.");
            }
        }
    }

    [Theory]
    [MemberData(nameof(SpecialValues))]
    public void Function_SpecialArgument_GivesTheKnownValue(string name, double x, double expected)
    {
        double actual = Cases[name].Function(x);
        bool same = double.IsNaN(expected) ? double.IsNaN(actual) : BitConverter.DoubleToInt64Bits(actual) == BitConverter.DoubleToInt64Bits(expected);
        Assert.True(same, $"{name}({x:r}) is {actual:r}, expected {expected:r}.");
    }

    /// <summary>Where the method changes (the next power of two, the polynomial's end) the pieces meet without a step back.</summary>
    [Theory]
    [InlineData("Exp", 0.34657359027997264)]
    [InlineData("Exp", -1.0397207708399179)]
    [InlineData("Exp", 0)]
    [InlineData("Log", 1.4142135623730951)]
    [InlineData("Log", 0.7071067811865476)]
    [InlineData("Log", 1)]
    [InlineData("Tanh", 0.625)]
    [InlineData("Sin", 0.7853981633974483)]
    public void Function_AcrossASeam_Rises(string name, double seam)
    {
        double previous = double.NegativeInfinity;
        for (int i = -500; i <= 500; i++)
        {
            double x = seam + (i * Math.ScaleB(1, -47));
            double value = Cases[name].Function(x);
            Assert.True(value > previous, $"{name}({x:r}) is {value:r}, not above {previous:r} before it.");
            previous = value;
        }
    }

    private static IEnumerable<double> Arguments(Case tested, int count)
    {
        var random = new Random(42);
        for (int i = 0; i < count; i++)
        {
            yield return i % 2 == 0 ? tested.Wide(random) : tested.Narrow(random);
        }
    }

    private static double Uniform(Random random, double low, double high) => low + ((high - low) * random.NextDouble());

    private static double Scattered(Random random, int lowExponent, int highExponent) =>
        Math.ScaleB(Uniform(random, -1, 1), random.Next(lowExponent, highExponent));

    private static double AnyPositive(Random random) => BitConverter.Int64BitsToDouble(random.NextInt64(1, 0x7FF0000000000000));

    private static double NearQuarterTurn(Random random) => Math.Round(Uniform(random, -63_000, 63_000)) * (Math.PI / 2);

    private sealed record Case(
        Func<double, double> Function,
        Func<double, double> Math,
        Func<double, ExactValue> Exact,
        double Ulps,
        Func<Random, double> Wide,
        Func<Random, double> Narrow);
}
