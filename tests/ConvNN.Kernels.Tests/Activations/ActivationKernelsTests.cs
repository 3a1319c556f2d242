using ConvNN.Kernels.Activations;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Tests.Activations;

public class ActivationKernelsTests
{
    private delegate void Operation(ActivationKernels kernels, ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> y, Span<float> dx);

    private static IReadOnlyDictionary<string, Operation> Functions { get; } = new Dictionary<string, Operation>
    {
        ["leakyrelu"] = Both(new LeakyReluFunction(0.01f)),
        ["elu"] = Both(new EluFunction(1.3f)),
        ["gelu"] = Both(default(GeluFunction)),
        ["silu"] = Both(default(SiluFunction)),
        ["tanh"] = Both(default(TanhFunction)),
        ["sigmoid"] = Both(default(SigmoidFunction)),
    };

    public static TheoryData<string> Names { get; } = [.. Functions.Keys];

    /// <summary>Any bits at all, numbers around 0, and the values where pieces of the functions meet.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void ForwardAndGradient_AllKindsOfArguments_HaveTheReferencesBits(string name)
    {
        Random random = new(3);
        float[] x =
        [
            0f, -0f, 0.34f, -0.34f, 0.9f, -0.9f, 0.95f, -0.95f, 4f, -4f, 88.8f, -88.8f, 89f, -104f, float.Epsilon, float.MaxValue, float.MinValue,
            .. Enumerable.Range(0, 200_000).Select(i => i % 3 == 0
                ? BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue))
                : (float)((random.NextDouble() * 20) - 10)),
        ];
        float[] dy = [.. x.Select(_ => random.NextSingle() - 0.5f)];
        (float[] y, float[] dx) expected = Run(name, KernelTier.Reference, x, dy), actual = Run(name, KernelSet.BestTier, x, dy);

        AssertSame(expected.y, actual.y, $"{name}, y");
        AssertSame(expected.dx, actual.dx, $"{name}, dx");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ForwardAndGradient_EveryLengthAtGuardedPages_StayInside(string name)
    {
        const int most = 40;
        using GuardedMemory<float> x = new(most, false), dy = new(most, false), y = new(most, false), dx = new(most, false);
        for (int length = 0; length <= most; length++)
        {
            x.Span.Fill(-0.75f);
            dy.Span.Fill(2);
            Functions[name](new ActivationKernels(KernelSet.BestTier), x.Span[^length..], dy.Span[^length..], y.Span[^length..], dx.Span[^length..]);
            (float[] expectedY, float[] expectedDx) = Run(name, KernelTier.Reference, x.Span[^length..].ToArray(), dy.Span[^length..].ToArray());

            BitAssert.Equal(expectedY, y.Span[^length..], $"{name}, length {length}, y");
            BitAssert.Equal(expectedDx, dx.Span[^length..], $"{name}, length {length}, dx");
        }
    }

    [Theory]
    [InlineData("leakyrelu", -2f, -0.02f)]
    [InlineData("elu", -1f, -0.821756423f)]
    [InlineData("gelu", 1f, 0.841344762f)]
    [InlineData("silu", 1f, 0.731058598f)]
    [InlineData("tanh", 1f, 0.761594176f)]
    [InlineData("sigmoid", 0f, 0.5f)]
    public void Forward_KnownArgument_HasTheKnownValue(string name, float x, float y) =>
        Assert.Equal(y, Run(name, KernelTier.Reference, [x], [1]).Y[0], 1e-6f * Math.Abs(y));

    private static Operation Both<TActivation>(TActivation function)
        where TActivation : struct, IActivation =>
        (kernels, x, dy, y, dx) =>
        {
            kernels.Forward(function, x, y);
            kernels.Gradient(function, x, dy, dx);
        };

    private static (float[] Y, float[] Dx) Run(string name, KernelTier tier, float[] x, float[] dy)
    {
        (float[] y, float[] dx) = (Tensors.Unassigned(x.Length), Tensors.Unassigned(x.Length));
        Functions[name](new ActivationKernels(tier), x, dy, y, dx);
        return (y, dx);
    }

    // Which NaN a NaN is, is not promised.
    private static void AssertSame(float[] expected, float[] actual, string context) =>
        BitAssert.Equal([.. expected.Select(OneNaN)], [.. actual.Select(OneNaN)], context);

    private static float OneNaN(float value) => float.IsNaN(value) ? float.NaN : value;
}
