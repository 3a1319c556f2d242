using ConvNN.Kernels.Elementwise;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Tests.Elementwise;

public class ElementwiseKernelsTests
{
    private static readonly float[] Special =
    [
        0f, -0f, 1f, -1f, float.Epsilon, -float.Epsilon, 1e-40f, -1e-40f, float.MaxValue, float.MinValue,
        float.PositiveInfinity, float.NegativeInfinity, float.NaN, -float.NaN, 3.4e-23f, -2.9e-23f,
    ];

    private delegate void Operation(ElementwiseKernels kernels, ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> target);

    private static IReadOnlyDictionary<string, Operation> Operations { get; } = new Dictionary<string, Operation>
    {
        ["Relu"] = (kernels, a, _, target) => kernels.Relu(a, target),
        ["ReluGradient"] = (kernels, a, b, target) => kernels.ReluGradient(a, b, target),
        ["Add"] = (kernels, a, _, target) => kernels.Add(target, a),
        ["Multiply"] = (kernels, a, b, target) => kernels.Multiply(a, b, target),
        ["Scale"] = (kernels, _, _, target) => kernels.Scale(target, -1.7f),
        ["Standardize"] = (kernels, _, _, target) => kernels.Standardize(target, 0.1307f, 0.3081f),
        ["AddScaled"] = (kernels, a, _, target) => kernels.AddScaled(target, 0.3f, a),
    };

    public static TheoryData<KernelTier, string> TiersAndOperations { get; } =
        [.. Enum.GetValues<KernelTier>().SelectMany(tier => Operations.Keys.Select(name => (tier, name)))];

    [Theory]
    [MemberData(nameof(TiersAndOperations))]
    public void Operation_EveryLengthAtGuardedPages_HasTheReferencesBits(KernelTier tier, string name)
    {
        const int most = 257;
        foreach (bool front in new[] { false, true })
        {
            using GuardedMemory<float> left = new(most, front), right = new(most, front), result = new(most, front);
            for (int length = 0; length <= most; length++)
            {
                Range atThePage = front ? ..length : ^length..;
                (float[] a, float[] b, float[] target) = Operands(length);
                a.CopyTo(left.Span[atThePage]);
                b.CopyTo(right.Span[atThePage]);
                target.CopyTo(result.Span[atThePage]);

                Operations[name](KernelSet.For(KernelTier.Reference).Elementwise, a, b, target);
                Operations[name](KernelSet.For(tier).Elementwise, left.Span[atThePage], right.Span[atThePage], result.Span[atThePage]);

                AssertSame(target, result.Span[atThePage], $"{name}, {tier}, length {length}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(TiersAndOperations))]
    public void Operation_SpanCutAnywhere_HasTheSameBits(KernelTier tier, string name)
    {
        ElementwiseKernels kernels = KernelSet.For(tier).Elementwise;
        (float[] a, float[] b, float[] whole) = Operands(67);
        Operations[name](kernels, a, b, whole);
        for (int cut = 0; cut <= 67; cut++)
        {
            (_, _, float[] target) = Operands(67);
            Operations[name](kernels, a.AsSpan(cut), b.AsSpan(cut), target.AsSpan(cut));
            Operations[name](kernels, a.AsSpan(0, cut), b.AsSpan(0, cut), target.AsSpan(0, cut));

            AssertSame(whole, target, $"{name}, {tier}, cut at {cut}");
        }
    }

    [Theory]
    [MemberData(nameof(TiersAndOperations))]
    public void Operation_OperandIsTheTarget_HasTheSameBits(KernelTier tier, string name)
    {
        ElementwiseKernels kernels = KernelSet.For(tier).Elementwise;
        (float[] a, float[] b, _) = Operands(67);
        (float[] expected, float[] actual) = ([.. b], [.. b]);
        Operations[name](kernels, a, [.. b], expected);
        Operations[name](kernels, a, actual, actual);
        AssertSame(expected, actual, $"{name}, {tier}, second operand");

        (expected, actual) = ([.. a], [.. a]);
        Operations[name](kernels, [.. a], b, expected);
        Operations[name](kernels, actual, b, actual);
        AssertSame(expected, actual, $"{name}, {tier}, first operand");
    }

    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void Relu_SpecialValues_KeepsNaNAndInfinityAndMakesZerosPositive(KernelTier tier)
    {
        float[] y = new float[Special.Length];

        KernelSet.For(tier).Elementwise.Relu(Special, y);

        BitAssert.Equal(
            [0f, 0f, 1f, 0f, float.Epsilon, 0f, 1e-40f, 0f, float.MaxValue, 0f, float.PositiveInfinity, 0f, float.NaN, -float.NaN, 3.4e-23f, 0f],
            y,
            $"{tier}");
    }

    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void ReluGradient_SpecialOutputs_PassesWhereTheOutputIsPositiveOrNaN(KernelTier tier)
    {
        float[] dy = [.. Enumerable.Range(1, Special.Length).Select(i => -(float)i)], dx = new float[Special.Length];

        KernelSet.For(tier).Elementwise.ReluGradient(Special, dy, dx);

        BitAssert.Equal([0f, 0f, -3f, 0f, -5f, 0f, -7f, 0f, -9f, 0f, -11f, 0f, -13f, -14f, -15f, 0f], dx, $"{tier}");
    }

    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void AddScaled_ProductThatNeedsMoreDigits_IsRoundedOnce(KernelTier tier)
    {
        const float a = 1 + (1f / 4096);
        float[] target = [.. Enumerable.Repeat(-(1 + (2f / 4096)), 17)], x = [.. Enumerable.Repeat(a, 17)];

        KernelSet.For(tier).Elementwise.AddScaled(target, a, x);

        BitAssert.Equal([.. Enumerable.Repeat(1f / (4096 * 4096), 17)], target, $"{tier}");     // rounded twice it is 0
    }

    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void IndexOfNonFinite_EachPosition_FindsTheFirst(KernelTier tier)
    {
        ElementwiseKernels kernels = KernelSet.For(tier).Elementwise;
        for (int length = 0; length <= 70; length++)
        {
            using GuardedMemory<float> x = new(Special.Where(float.IsFinite).Take(12).Concat(Enumerable.Repeat(float.MinValue, 70)).Take(length).ToArray());
            Assert.Equal(-1, kernels.IndexOfNonFinite(x.Span));
            for (int i = 0; i < length; i++)
            {
                foreach (float value in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
                {
                    (float before, float last) = (x.Span[i], x.Span[^1]);
                    x.Span[^1] = float.NaN;
                    x.Span[i] = value;
                    int found = kernels.IndexOfNonFinite(x.Span);
                    x.Span[^1] = last;
                    x.Span[i] = before;

                    Assert.True(found == i, $"{tier}, {value} in {length} elements: expected index {i}, actual {found}.");
                }
            }
        }
    }

    [Fact]
    public void Operations_LengthsDiffer_ThrowWithBothNamesAndNumbers()
    {
        ElementwiseKernels kernels = KernelSet.For(KernelTier.Reference).Elementwise;
        float[] three = new float[3], four = new float[4];

        Fails("x has 3 elements, y has 4; they must be equal.", () => kernels.Relu(three, four));
        Fails("y has 3 elements, dy has 4; they must be equal.", () => kernels.ReluGradient(three, four, four));
        Fails("dy has 3 elements, dx has 4; they must be equal.", () => kernels.ReluGradient(three, three, four));
        Fails("target has 3 elements, addend has 4; they must be equal.", () => kernels.Add(three, four));
        Fails("x has 3 elements, y has 4; they must be equal.", () => kernels.Multiply(three, four, three));
        Fails("x has 3 elements, target has 4; they must be equal.", () => kernels.Multiply(three, three, four));
        Fails("target has 3 elements, x has 4; they must be equal.", () => kernels.AddScaled(three, 1, four));

        static void Fails(string message, Action call) => Assert.StartsWith(message, Assert.Throws<ArgumentException>(call).Message, StringComparison.Ordinal);
    }

    private static (float[] A, float[] B, float[] Target) Operands(int length) => (Mixed(length, 1), Mixed(length, 2), Mixed(length, 3));

    /// <summary>Random values, every third one special.</summary>
    private static float[] Mixed(int length, int seed)
    {
        Random random = new(seed);
        float[] values = Tensors.Values(length, seed, Content.Mixed);
        for (int i = 0; i < length; i++)
        {
            values[i] = random.Next(3) == 0 ? Special[random.Next(Special.Length)] : values[i];
        }

        return values;
    }

    // Which of two NaNs an operation hands on is the hardware's business.
    private static void AssertSame(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string context)
    {
        BitAssert.Equal(OneNaN(expected), OneNaN(actual), context);

        static float[] OneNaN(ReadOnlySpan<float> values) => [.. values.ToArray().Select(value => float.IsNaN(value) ? float.NaN : value)];
    }
}
