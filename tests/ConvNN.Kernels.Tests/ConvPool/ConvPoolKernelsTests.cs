using ConvNN.Kernels.Convolution;
using ConvNN.Kernels.ConvPool;
using ConvNN.Kernels.Elementwise;
using ConvNN.Kernels.Pooling;
using ConvNN.Kernels.Tests.Convolution;
using ConvNN.Kernels.Tests.Sums;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Tests.ConvPool;

public class ConvPoolKernelsTests
{
    private static readonly Conv2dGeometry Digits = new()
    {
        Samples = 3,
        Channels = 1,
        Height = 28,
        Width = 28,
        Filters = 8,
        KernelHeight = 3,
        KernelWidth = 3,
    };

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Kernels_GridOnEveryTier_HaveTheReferencesBits(int turn)
    {
        foreach (Conv2dGeometry geometry in Conv2dProblem.Grid(turn).Where(g => ConvPoolGeometry.Supports(g)))
        {
            Compare(geometry, (Content)((geometry.Width + turn) % 4));
        }
    }

    [Theory]
    [InlineData(1, 8, 28)]      // the default network's
    [InlineData(32, 64, 13)]    // lanes are filters, forward, and channels, backward
    [InlineData(32, 61, 13)]
    [InlineData(6, 16, 12)]
    [InlineData(16, 33, 6)]
    [InlineData(20, 24, 40)]
    [InlineData(3, 17, 33)]
    [InlineData(2, 3, 71)]      // several vectors of pooled columns in a row
    public void Kernels_SizesOfNetworks_HaveTheReferencesBits(int channels, int filters, int size)
    {
        foreach (int kernel in new[] { 3, 5 })
        {
            Conv2dGeometry geometry = Digits with { Channels = channels, Filters = filters, Height = size, Width = size, KernelHeight = kernel, KernelWidth = kernel };
            Compare(geometry, Content.Plain);
            Compare(geometry with { PaddingHeight = kernel / 2, PaddingWidth = kernel / 2 }, Content.Mixed);
        }
    }

    /// <summary>Tiles of up to three rows and columns of a kernel, and one vector of channels or two.</summary>
    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 7)]
    [InlineData(4, 4)]
    [InlineData(6, 6)]
    [InlineData(7, 8)]
    [InlineData(8, 1)]
    public void Kernels_AnyKernelAndManyChannels_HaveTheReferencesBits(int kernelHeight, int kernelWidth)
    {
        foreach (int channels in new[] { 6, 17, 33, 48 })
        {
            Conv2dGeometry geometry = Digits with { Samples = 2, Channels = channels, Filters = 18, Height = 11, Width = 13, KernelHeight = kernelHeight, KernelWidth = kernelWidth };
            Compare(geometry, Content.Sparse);
            Compare(geometry with { PaddingHeight = kernelHeight / 2, PaddingWidth = kernelWidth / 2 }, Content.Mixed);
        }
    }

    [Theory]
    [MemberData(nameof(Tiers.Vectors), MemberType = typeof(Tiers))]
    public void ParameterGradient_EveryKindOfLeaves_HasTheReferencesBits(KernelTier tier)
    {
        foreach (int channels in new[] { 1, 5 })
        {
            foreach (int samples in new[] { 1, 3, 10, 70 })
            {
                ConvPoolProblem problem = new(Digits with { Samples = samples, Height = 8, Width = 9, Channels = channels }, seed: samples, Content.Mixed);
                byte[] winners = problem.Forward(KernelTier.Reference).Winners;
                foreach (int[] edges in LeafEdges.Kinds(samples))
                {
                    BitAssert.Equal(
                        problem.ParameterGradient(KernelTier.Reference, winners, edges),
                        problem.ParameterGradient(tier, winners, edges),
                        $"{tier}, {channels} channels, leaves [{string.Join(", ", edges)}] of {samples} samples");
                }
            }
        }
    }

    /// <summary>The fused definition is the three definitions in turn, whole batches at a time.</summary>
    [Fact]
    public void Reference_AgainstThreeKernels_GivesTheirBits()
    {
        ConvPoolProblem problem = new(Digits with { Channels = 2, Height = 9, Width = 8, PaddingHeight = 1 }, seed: 5, Content.Plain);
        Conv2dGeometry geometry = problem.Geometry.Convolution;
        Pool2dGeometry pool = new(geometry.Samples, geometry.Filters, geometry.OutputHeight, geometry.OutputWidth, 2, 2, 2, 2);
        Conv2dReference convolution = new();
        ElementwiseReference elementwise = new();
        float[] outputs = new float[geometry.Samples * geometry.OutputStride];
        float[] y = new float[geometry.Samples * pool.OutputStride];
        ushort[] places = new ushort[geometry.Samples * pool.OutputCount];
        convolution.Forward(problem.X, problem.W, problem.B, outputs, default, geometry);
        elementwise.Relu(outputs, outputs);
        new MaxPool2dReference().Forward(outputs, y, places, pool);

        (float[] fused, byte[] winners) = problem.Forward(KernelTier.Reference);
        BitAssert.Equal(y, fused.Select(value => float.IsNaN(value) ? 0f : value).ToArray(), "y");

        float[] deltas = new float[outputs.Length];
        MaxPool2dKernels.InputGradient(problem.Dy, places, deltas, pool);
        elementwise.ReluGradient(outputs, deltas, deltas);
        float[] dx = Tensors.Unassigned(problem.X.Length);
        convolution.InputGradient(deltas, problem.W, dx, default, geometry);
        BitAssert.Equal(dx, problem.InputGradient(KernelTier.Reference, winners), "dx");

        int[] edges = [0, 1, 3];
        float[] gradient = Tensors.Unassigned(problem.W.Length + problem.B.Length);
        convolution.ParameterGradient(
            problem.X, deltas, gradient.AsSpan(0, problem.W.Length), gradient.AsSpan(problem.W.Length), edges, default, geometry);
        BitAssert.Equal(gradient, problem.ParameterGradient(KernelTier.Reference, winners, edges), "dw and db");
    }

    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void Forward_OneWindowWorkedByHand_NamesTheWinner(KernelTier tier)
    {
        Conv2dGeometry geometry = Digits with { Samples = 1, Height = 2, Width = 8, Filters = 1, KernelHeight = 1, KernelWidth = 1 };
        ConvPoolProblem problem = new(geometry, seed: 0, Content.Plain);
        float[] x = [1, 2, 3, 3, -1, -1, 0, -0f, 1, 4, 3, 3, -1, -1, 0, 5];
        x.CopyTo(problem.X, 0);
        problem.W[0] = 2;
        problem.B[0] = 0;

        (float[] y, byte[] winners) = problem.Forward(tier);

        BitAssert.Equal([8, 6, 0, 10], y.AsSpan(0, 4).ToArray(), $"{tier}, y");
        Assert.Equal([4, 1, 0, 4], winners[..4]);       // the first of equal ones; none where nothing is positive
    }

    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void Forward_LargestIsNegativeZero_GivesZeroAndNoWinner(KernelTier tier)
    {
        Conv2dGeometry geometry = Digits with { Samples = 1, Height = 2, Width = 8, Filters = 1, KernelHeight = 1, KernelWidth = 1 };
        ConvPoolProblem problem = new(geometry, seed: 0, Content.Plain);
        float[] x = [-0f, -0f, -1, -0f, 0, -0f, 1, -0f, -1, -0f, -0f, -1, -0f, -0f, -0f, -0f];
        x.CopyTo(problem.X, 0);
        problem.W[0] = 1;
        problem.B[0] = -0f;

        (float[] y, byte[] winners) = problem.Forward(tier);

        BitAssert.Equal([0, 0, 0, 1], y.AsSpan(0, 4).ToArray(), $"{tier}, y");
        Assert.Equal([0, 0, 0, 1], winners[..4]);
    }

    /// <summary>Factors that may overflow are pooled in another way: infinite and huge ones of both signs, in each operand, with lanes that are windows and filters.</summary>
    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void Forward_FactorsAreBeyondBounds_GivesTheBitsOfTheReference(KernelTier tier)
    {
        Conv2dGeometry[] geometries = [Digits with { Samples = 2, Filters = 5 }, Digits with { Samples = 1, Channels = 32, Filters = 64, Height = 8, Width = 8 }];
        int notNumbers = 0;
        foreach (float huge in new[] { float.PositiveInfinity, 3e38f, 2e15f })
        {
            for (int at = 0; at < 24; at++)
            {
                ConvPoolProblem problem = new(geometries[at % 2], seed: at, Content.Plain);
                float[] operand = at % 3 == 0 ? problem.X : at % 3 == 1 ? problem.W : problem.B;
                operand[at * 7 % operand.Length] = huge;
                operand[((at * 7) + 1) % operand.Length] = -huge;
                (float[] expected, byte[] places) = problem.Forward(KernelTier.Reference);
                (float[] y, byte[] winners) = problem.Forward(tier);

                notNumbers += expected.Count(float.IsNaN);
                Assert.Equal(expected.Select(float.IsNaN), y.Select(float.IsNaN));
                BitAssert.Equal(Numbers(expected), Numbers(y), $"{tier}, {huge} at {at}");
                Assert.Equal(places, winners);
            }
        }

        // Infinities of both signs in a window give some.
        Assert.True(notNumbers > 0);

        static float[] Numbers(float[] values) => [.. values.Select(value => float.IsNaN(value) ? 0f : value)];
    }

    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void Forward_NotANumber_StaysVisible(KernelTier tier)
    {
        ConvPoolProblem problem = new(Digits with { Samples = 1 }, seed: 1, Content.Plain);
        problem.X[0] = float.NaN;

        float[] y = problem.Forward(tier).Y;

        Assert.True(float.IsNaN(y[0]), $"{tier}: the window over a NaN gave {y[0]}");
        Assert.Equal(Digits.Filters, y.Take(Digits.Filters * 169).Count(float.IsNaN));
    }

    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void Kernels_SpansThatEndAtAGuardedPage_StayInside(KernelTier tier)
    {
        foreach ((int channels, int size, int filters, int first, int count) in new[]
            {
                (1, 28, 3, 0, 3), (4, 28, 3, 0, 3), (17, 28, 3, 0, 3), (1, 28, 3, 0, 1), (1, 28, 3, 1, 2), (4, 28, 3, 2, 1), (17, 28, 3, 1, 1), (5, 8, 3, 1, 2), (17, 8, 20, 0, 20), (16, 13, 40, 3, 37),
            })
        {
            ConvPoolProblem problem = new ConvPoolProblem(Digits with { Channels = channels, Height = size, Width = size, Filters = filters, Samples = 2 }, seed: channels, Content.Plain).Part(first, count);
            ConvPoolKernels kernels = KernelSet.For(tier).ConvPool;
            ConvPoolGeometry geometry = problem.Geometry;
            using GuardedMemory<float> x = new(problem.X), w = new(problem.W), b = new(problem.B), dy = new(problem.Dy), y = new(problem.Dy.Length);
            using GuardedMemory<float> scratch = new(kernels.ScratchLength(geometry)), dx = new(problem.X.Length), dw = new(problem.W.Length), db = new(problem.B.Length);
            using GuardedMemory<byte> winners = new((int)geometry.WinnersLength);
            kernels.Forward(x.Span, w.Span, b.Span, y.Span, winners.Span, scratch.Span, geometry);
            kernels.InputGradient(dy.Span, winners.Span, w.Span, dx.Span, scratch.Span, geometry);
            kernels.ParameterGradient(x.Span, dy.Span, winners.Span, dw.Span, db.Span, [0, 1, 2], scratch.Span, geometry);

            BitAssert.Equal(problem.InputGradient(KernelTier.Reference, winners.Span.ToArray()), dx.Span.ToArray(), $"{tier}, {channels} channels, {size}×{size}, dx");
        }
    }

    /// <summary>Calls for some of the filters each give these filters' part of the whole, and write nothing else.</summary>
    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void Kernels_SomeOfTheFilters_GiveTheirPartAndWriteNothingElse(KernelTier tier)
    {
        foreach ((int channels, int size, int filters) in new[] { (1, 28, 8), (1, 9, 5), (3, 40, 4), (5, 8, 7), (20, 11, 40) })
        {
            ConvPoolProblem whole = new(Digits with { Channels = channels, Height = size, Width = size, Filters = filters }, seed: size, Content.Plain);
            (float[] y, byte[] winners) = whole.Forward(KernelTier.Reference);
            float[] dw = whole.ParameterGradient(KernelTier.Reference, winners, [0, 1, 3]);
            int[] borders = [0, filters / 3, filters - 1, filters];
            for (int part = 1; part < borders.Length; part++)
            {
                (int first, int count) = (borders[part - 1], borders[part] - borders[part - 1]);
                string what = $"{tier}, {channels} channels, {size}×{size}, {count} filters from {first} of {filters}";
                ConvPoolProblem some = whole.Part(first, count);
                (float[] partY, byte[] partWinners) = some.Forward(tier);
                (int stride, int windows) = (some.Geometry.OutputStride, some.Geometry.Windows);
                for (int n = 0; n < some.Geometry.Samples; n++)
                {
                    for (int i = 0; i < some.Geometry.OutputCount && (n * stride) + i < partY.Length; i++)
                    {
                        bool isOwn = i < count * windows;
                        float expected = isOwn ? y[(n * stride) + (first * windows) + i] : Tensors.Unassigned(1)[0];
                        int code = isOwn ? winners[(n * some.Geometry.OutputCount) + (first * windows) + i] : byte.MaxValue;
                        BitAssert.Equal([expected], [partY[(n * stride) + i]], $"{what}, y[{n}, {i}]");
                        Assert.True(code == partWinners[(n * some.Geometry.OutputCount) + i], $"{what}, winners[{n}, {i}]");
                    }
                }

                byte[] own = winners[(first * windows)..];
                int taps = some.Geometry.Convolution.TapStride;
                BitAssert.Equal(
                    [.. dw.AsSpan(first * taps, count * taps), .. dw.AsSpan((filters * taps) + first, count)], some.ParameterGradient(tier, own, [0, 1, 3]), $"{what}, dw and db");
                BitAssert.Equal(some.InputGradient(KernelTier.Reference, own), some.InputGradient(tier, own), $"{what}, dx");
            }
        }
    }

    // A tier hands what would not fill its vectors over to a narrower one, with the same scratch memory.
    [Fact]
    public void ScratchLength_WiderTier_IsEnoughForEveryNarrowerOne()
    {
        foreach (Conv2dGeometry geometry in Conv2dProblem.Grid(0).Where(g => ConvPoolGeometry.Supports(g)))
        {
            ConvPoolGeometry fused = new(geometry);
            int[] lengths = [.. new[] { KernelTier.Vector512, KernelTier.Vector256, KernelTier.Vector128 }.Select(tier => KernelSet.For(tier).ConvPool.ScratchLength(fused))];
            Assert.Equal(lengths.OrderDescending(), lengths);
        }
    }

    [Fact]
    public void Forward_StrideOfTwo_Throws()
    {
        ConvPoolProblem problem = new(Digits, seed: 1, Content.Plain);
        ConvPoolGeometry geometry = new(Digits with { StrideWidth = 2 });

        Assert.Throws<ArgumentException>(() => KernelSet.For(KernelSet.BestTier).ConvPool.Forward(
            problem.X, problem.W, problem.B, problem.Dy, new byte[problem.Dy.Length], new float[1 << 16], geometry));
    }

    private static void Compare(in Conv2dGeometry geometry, Content content)
    {
        ConvPoolProblem problem = new(geometry, seed: geometry.Width, content, bias: geometry.Filters % 3 != 0);
        (float[] y, byte[] winners) = problem.Forward(KernelTier.Reference);
        float[] dx = problem.InputGradient(KernelTier.Reference, winners);
        int[] edges = LeafEdges.Kind(geometry.Samples, geometry.Width + geometry.Filters);
        float[] dw = problem.ParameterGradient(KernelTier.Reference, winners, edges);
        foreach (KernelTier tier in Enum.GetValues<KernelTier>().Where(tier => tier != KernelTier.Reference))
        {
            string what = $"{tier}, {content}, {geometry}";
            (float[] fastY, byte[] fastWinners) = problem.Forward(tier);
            BitAssert.Equal(y, fastY, $"y, {what}");
            Assert.True(winners.AsSpan().SequenceEqual(fastWinners), $"winners, {what}");
            BitAssert.Equal(dx, problem.InputGradient(tier, winners), $"dx, {what}");
            BitAssert.Equal(dw, problem.ParameterGradient(tier, winners, edges), $"dw and db, {what}");
        }
    }
}
