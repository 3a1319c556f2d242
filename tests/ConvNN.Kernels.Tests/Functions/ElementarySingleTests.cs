using ConvNN.Kernels.Functions;

namespace ConvNN.Kernels.Tests.Functions;

public class ElementarySingleTests
{
    private const float Infinity = float.PositiveInfinity;
    private const float Tiny = float.Epsilon;

    private static readonly Dictionary<string, (Func<float, float> Function, Func<double, double> Math, double Ulps)> Cases = new()
    {
        ["Exp"] = (Elementary.Exp, Math.Exp, 0.99),
        ["Log"] = (Elementary.Log, Math.Log, 0.82),
        ["Tanh"] = (Elementary.Tanh, Math.Tanh, 1.0),
        ["Erf"] = (Elementary.Erf, Elementary.Erf, 1.2),
        ["ExpMinusOne"] = (x => Elementary.ExpMinusOne(Math.Min(x, 0)), x => Math.Tanh(Math.Min(x, 0) / 2) is double t ? 2 * t / (1 - t) : 0, 1.7),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    public static TheoryData<string, float, float> SpecialValues => new()
    {
        { "Exp", float.NaN, float.NaN },
        { "Exp", Infinity, Infinity },
        { "Exp", -Infinity, 0f },
        { "Exp", -0f, 1f },
        { "Exp", Tiny, 1f },
        { "Exp", 88.7228317f, 3.40279851e38f },
        { "Exp", 88.7228394f, Infinity },
        { "Exp", float.MaxValue, Infinity },
        { "Exp", -103.972076f, Tiny },
        { "Exp", -103.972084f, 0f },
        { "Exp", float.MinValue, 0f },
        { "Log", float.NaN, float.NaN },
        { "Log", Infinity, Infinity },
        { "Log", -Infinity, float.NaN },
        { "Log", -Tiny, float.NaN },
        { "Log", 0f, -Infinity },
        { "Log", -0f, -Infinity },
        { "Log", 1f, 0f },
        { "Log", Tiny, -103.278931f },
        { "Log", float.MaxValue, 88.7228394f },
        { "Tanh", float.NaN, float.NaN },
        { "Tanh", Infinity, 1f },
        { "Tanh", -Infinity, -1f },
        { "Tanh", 0f, 0f },
        { "Tanh", -0f, -0f },
        { "Tanh", -Tiny, -Tiny },
        { "Tanh", 10f, 1f },
        { "Erf", float.NaN, float.NaN },
        { "Erf", Infinity, 1f },
        { "Erf", -Infinity, -1f },
        { "Erf", 0f, 0f },
        { "Erf", -0f, -0f },
        { "Erf", 0.5f, 0.520499878f },
        { "Erf", 3.95f, 1f },
    };

    /// <summary>Any bits at all, and numbers near 1; the bounds were measured on all 2³² floats.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Function_RandomArguments_IsWithinItsError(string name)
    {
        var random = new Random(42);
        for (int i = 0; i < 100_000; i++)
        {
            float x = i % 2 == 0 ? BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)) : (float)((random.NextDouble() * 24) - 12);
            float actual = Cases[name].Function(x);
            double expected = Cases[name].Math(x);
            Assert.True(IsNear(actual, expected, Cases[name].Ulps), $"{name}({x:g9}) is {actual:g9}, expected {expected:g12} within {Cases[name].Ulps} ulp.");
        }
    }

    [Fact]
    public void Exp_WholeRangeOfResults_IsWithinItsError()
    {
        for (float x = -104; x < 89; x += 0.00193f)
        {
            float actual = Elementary.Exp(x);
            Assert.True(IsNear(actual, Math.Exp(x), 0.99), $"Exp({x:g9}) is {actual:g9}, expected {Math.Exp(x):g12} within 0.99 ulp.");
        }
    }

    [Theory]
    [MemberData(nameof(SpecialValues))]
    public void Function_SpecialArgument_GivesTheKnownValue(string name, float x, float expected)
    {
        float actual = Cases[name].Function(x);
        bool same = float.IsNaN(expected) ? float.IsNaN(actual) : BitConverter.SingleToInt32Bits(actual) == BitConverter.SingleToInt32Bits(expected);
        Assert.True(same, $"{name}({x:g9}) is {actual:g9}, expected {expected:g9}.");
    }

    private static bool IsNear(float actual, double expected, double ulps)
    {
        var rounded = (float)expected;
        if (!float.IsFinite(rounded) || !float.IsFinite(actual))
        {
            return actual.Equals(rounded);
        }

        double ulp = Math.ScaleB(1, Math.Max(expected == 0 ? -149 : Math.ILogB(expected) - 23, -149));
        return Math.Abs(actual - expected) <= ulps * ulp;
    }
}
