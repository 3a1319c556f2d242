using ConvNN.Kernels.Pooling;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Tests.Pooling;

public class MaxPool2dKernelsTests
{
    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void Forward_OverlappingWindowsWorkedByHand_GivesMaximaAndAddsTheirGradients(KernelTier tier)
    {
        Pool2dGeometry geometry = new(1, 1, 3, 4, WindowHeight: 2, WindowWidth: 2, StrideHeight: 1, StrideWidth: 1);

        (float[] y, ushort[] winners, float[] dx) = Run(
            tier,
            geometry,
            x: [1, 2, 3, 4, 5, 9, 6, 0, 7, 1, 2, 8],
            dy: [1, 10, 100, 1000, 10_000, 100_000]);

        BitAssert.Equal([9, 9, 6, 9, 9, 8], y, "y");
        Assert.Equal([3, 2, 2, 1, 0, 3], winners);
        BitAssert.Equal([0, 0, 0, 0, 0, 11_011, 100, 0, 0, 0, 0, 100_000], dx, "dx");
    }

    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void Forward_StrideThatDropsTheEdge_IgnoresWhatNoWindowHolds(KernelTier tier)
    {
        Pool2dGeometry geometry = new(1, 1, 3, 5, WindowHeight: 2, WindowWidth: 2, StrideHeight: 2, StrideWidth: 2);

        (float[] y, ushort[] winners, float[] dx) = Run(
            tier,
            geometry,
            x: [1, 2, 3, 4, 99, 5, 6, 8, 7, 99, 99, 99, 99, 99, 99],
            dy: [3, 4]);

        BitAssert.Equal([6, 8], y, "y");
        Assert.Equal([3, 2], winners);
        BitAssert.Equal([0, 0, 0, 0, 0, 0, 3, 4, 0, 0, 0, 0, 0, 0, 0], dx, "dx");
    }

    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void Forward_EqualValues_TheFirstInWindowOrderWins(KernelTier tier)
    {
        Pool2dGeometry geometry = new(1, 2, 2, 2, 2, 2, 2, 2);

        (float[] y, ushort[] winners, float[] dx) = Run(tier, geometry, x: [1, 7, 7, 7, -0f, 0f, 0f, -0f], dy: [5, 6]);

        BitAssert.Equal([7, -0f], y, "y");              // -0 and +0 are equal, and the first is -0
        Assert.Equal([1, 0], winners);
        BitAssert.Equal([0, 5, 0, 0, 6, 0, 0, 0], dx, "dx");
    }

    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void Forward_NaNInTheWindow_StaysVisible(KernelTier tier)
    {
        foreach (int place in new[] { 0, 1, 8, 9 })
        {
            float[] x = [1, 2, 0, 0, 0, 0, 0, 0, float.PositiveInfinity, 3, 0, 0, 0, 0, 0, 0];
            x[place] = float.NaN;

            (float[] y, ushort[] winners, _) = Run(tier, new Pool2dGeometry(1, 1, 2, 8, 2, 2, 2, 2), x, dy: [1, 0, 0, 0]);

            Assert.True(float.IsNaN(y[0]), $"{tier}, NaN at {place}: expected NaN, actual {y[0]}.");
            Assert.Equal((place / 8 * 2) + (place % 8), winners[0]);
        }
    }

    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void Forward_NegativeInfinityOnly_HasAWinner(KernelTier tier)
    {
        (float[] y, ushort[] winners, _) = Run(
            tier, new Pool2dGeometry(1, 1, 1, 2, 1, 2, 1, 2), [float.NegativeInfinity, float.NegativeInfinity], dy: [1]);

        Assert.Equal((float.NegativeInfinity, (ushort)0), (y[0], winners[0]));
    }

    /// <summary>Windows, strides and widths of all kinds at guarded pages, against loops that look at every value.</summary>
    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void Kernels_RandomInputAtGuardedPages_AgreeWithLoopsOverAllValues(KernelTier tier)
    {
        (int, int)[] windows = [(1, 1), (2, 2), (3, 3), (1, 3), (3, 1), (2, 5), (5, 2)];
        (int, int)[] strides = [(2, 2), (1, 1), (1, 2), (2, 1), (3, 4), (3, 2)];
        int seed = 0;
        foreach ((int windowHeight, int windowWidth) in windows)
        {
            foreach ((int strideHeight, int strideWidth) in strides)
            {
                foreach (int width in new[] { 5, 7, 8, 9, 12, 26, 27 })
                {
                    Pool2dGeometry geometry = new(2, 2, 5, width, windowHeight, windowWidth, strideHeight, strideWidth);
                    CheckAtGuardedPages(tier, geometry, seed++, front: seed % 2 == 0);
                }
            }
        }
    }

    [Fact]
    public void Kernels_SpanTooShort_ThrowWithItsNameAndBothNumbers()
    {
        MaxPool2dKernels kernels = KernelSet.For(KernelSet.BestTier).MaxPool2d;
        Pool2dGeometry geometry = new(2, 1, 4, 5, 2, 2, 2, 2);      // x 2·32, y 2·16, winners 2·4
        float[] x = new float[64], y = new float[32];
        ushort[] winners = new ushort[8];

        Fails("x has 63 elements, the geometry needs 64.", () => kernels.Forward(x.AsSpan(1), y, winners, geometry));
        Fails("y has 31 elements, the geometry needs 32.", () => kernels.Forward(x, y.AsSpan(1), winners, geometry));
        Fails("winners has 7 elements, the geometry needs 8.", () => kernels.Forward(x, y, winners.AsSpan(1), geometry));
        Fails("dy has 31 elements, the geometry needs 32.", () => MaxPool2dKernels.InputGradient(y.AsSpan(1), winners, x, geometry));
        Fails("winners has 7 elements, the geometry needs 8.", () => MaxPool2dKernels.InputGradient(y, winners.AsSpan(1), x, geometry));
        Fails("dx has 63 elements, the geometry needs 64.", () => MaxPool2dKernels.InputGradient(y, winners, x.AsSpan(1), geometry));
        Fails("No pool: x [2, 1, 4, 5], window 5×2, stride 2×2;", () => kernels.Forward(x, y, winners, geometry with { WindowHeight = 5 }));
        Fails("No pool", () => kernels.Forward(x, y, winners, geometry with { StrideWidth = 0 }));
        Fails("No pool", () => MaxPool2dKernels.InputGradient(y, winners, x, geometry with { Height = 0 }));
        Fails("No pool", () => kernels.Forward(
            x, y, winners, geometry with { Height = 400, Width = 400, WindowHeight = 257, WindowWidth = 256 }));

        static void Fails(string message, Action call) => Assert.StartsWith(message, Assert.Throws<ArgumentException>(call).Message, StringComparison.Ordinal);
    }

    private static (float[] Y, ushort[] Winners, float[] Dx) Run(KernelTier tier, Pool2dGeometry geometry, float[] x, float[] dy)
    {
        float[] y = Tensors.Unassigned(geometry.OutputStride), dx = Tensors.Unassigned(geometry.InputStride);
        ushort[] winners = new ushort[geometry.OutputCount];
        KernelSet.For(tier).MaxPool2d.Forward([.. x, .. new float[geometry.InputStride - x.Length]], y, winners, geometry);
        MaxPool2dKernels.InputGradient([.. dy, .. new float[geometry.OutputStride - dy.Length]], winners, dx, geometry);
        BitAssert.Equal(new float[geometry.InputStride - x.Length], dx.AsSpan(x.Length), "padding of dx");
        return (y[..dy.Length], winners, dx[..x.Length]);
    }

    private static void CheckAtGuardedPages(KernelTier tier, Pool2dGeometry geometry, int seed, bool front)
    {
        int samples = geometry.Samples;
        float[] values = Tensors.Rows(samples, geometry.Channels * geometry.Height * geometry.Width, seed, Content.Sparse);
        using GuardedMemory<float> x = new(values, front), y = new(samples * geometry.OutputStride, front), dx = new(values.Length, front);
        using GuardedMemory<float> dy = new(Tensors.Rows(samples, geometry.OutputCount, seed: 9), front);
        using GuardedMemory<ushort> winners = new(samples * geometry.OutputCount, front);
        float[] expected = new float[values.Length];

        KernelSet.For(tier).MaxPool2d.Forward(x.Span, y.Span, winners.Span, geometry);
        MaxPool2dKernels.InputGradient(dy.Span, winners.Span, dx.Span, geometry);

        for (int n = 0; n < samples; n++)
        {
            for (int p = 0; p < geometry.OutputCount; p++)
            {
                int sample = n * geometry.InputStride;
                int best = WindowOf(geometry, p).Aggregate((a, b) => values[sample + b] > values[sample + a] ? b : a);
                BitAssert.Equal([values[sample + best]], [y.Span[(n * geometry.OutputStride) + p]], $"{tier}, {geometry}, y[{n}, {p}]");
                expected[sample + best] += dy.Span[(n * geometry.OutputStride) + p];
            }
        }

        BitAssert.Equal(expected, dx.Span, $"{tier}, {geometry}, dx");
    }

    /// <summary>The places of a sample that an output looks at, in window order.</summary>
    private static IEnumerable<int> WindowOf(Pool2dGeometry g, int output)
    {
        int c = output / (g.OutputHeight * g.OutputWidth);
        int oh = output / g.OutputWidth % g.OutputHeight;
        int ow = output % g.OutputWidth;
        for (int kh = 0; kh < g.WindowHeight; kh++)
        {
            for (int kw = 0; kw < g.WindowWidth; kw++)
            {
                yield return (((c * g.Height) + (oh * g.StrideHeight) + kh) * g.Width) + (ow * g.StrideWidth) + kw;
            }
        }
    }
}
