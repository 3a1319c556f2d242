using ConvNN.Kernels.Convolution;
using ConvNN.Kernels.Tests.Sums;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Tests.Convolution;

public partial class Conv2dKernelsTests
{
    private static readonly Conv2dGeometry Padded = new()
    {
        Samples = 5,
        Channels = 2,
        Height = 6,
        Width = 9,
        Filters = 5,
        KernelHeight = 3,
        KernelWidth = 3,
        PaddingHeight = 1,
        PaddingWidth = 1,
    };

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Forward_GridOnEveryTier_HasTheReferencesBits(int turn) => CompareTiers(turn, "y", (problem, tier) => problem.Forward(tier));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void InputGradient_GridOnEveryTier_HasTheReferencesBits(int turn) =>
        CompareTiers(turn, "dx", (problem, tier) => problem.InputGradient(tier));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void ParameterGradient_GridOnEveryTier_HasTheReferencesBits(int turn) =>
        CompareTiers(turn, "dw and db", (problem, tier) => problem.ParameterGradient(
            tier, LeafEdges.Kind(problem.Geometry.Samples, problem.Geometry.Width + problem.Geometry.Filters)));

    [Theory]
    [MemberData(nameof(Tiers.Vectors), MemberType = typeof(Tiers))]
    public void ParameterGradient_EveryKindOfLeaves_HasTheReferencesBits(KernelTier tier)
    {
        foreach (int samples in new[] { 1, 3, 10, 70 })
        {
            Conv2dProblem problem = new(Padded with { Samples = samples }, seed: samples, Content.Mixed);
            foreach (int[] edges in LeafEdges.Kinds(samples))
            {
                BitAssert.Equal(
                    problem.ParameterGradient(KernelTier.Reference, edges),
                    problem.ParameterGradient(tier, edges),
                    $"{tier}, leaves [{string.Join(", ", edges)}] of {samples} samples");
            }
        }
    }

    // Enough channels and filters for two vectors and one of the widest, in rows that do not fill any.
    [Theory]
    [MemberData(nameof(Tiers.Vectors), MemberType = typeof(Tiers))]
    public void Kernels_ManyChannelsAndFiltersInShortRows_HaveTheReferencesBits(KernelTier tier)
    {
        (int Channels, int Filters, int Height, int Width, int Kernel, int Padding)[] sizes =
            [(20, 33, 7, 7, 3, 1), (33, 20, 4, 5, 3, 0), (40, 64, 3, 3, 3, 2), (17, 16, 12, 12, 5, 0), (48, 48, 1, 13, 1, 0)];
        foreach ((int channels, int filters, int height, int width, int kernel, int padding) in sizes)
        {
            Conv2dProblem problem = new(
                new Conv2dGeometry
                {
                    Samples = 3,
                    Channels = channels,
                    Height = height,
                    Width = width,
                    Filters = filters,
                    KernelHeight = kernel,
                    KernelWidth = kernel,
                    PaddingHeight = padding,
                    PaddingWidth = padding,
                },
                seed: channels,
                Content.Mixed);
            string sizesOf = $"{tier}, {channels}→{filters}, {height}×{width}";
            BitAssert.Equal(problem.Forward(KernelTier.Reference), problem.Forward(tier), $"{sizesOf}, y");
            BitAssert.Equal(problem.InputGradient(KernelTier.Reference), problem.InputGradient(tier), $"{sizesOf}, dx");
            BitAssert.Equal(problem.ParameterGradient(KernelTier.Reference, [0, 1, 3]), problem.ParameterGradient(tier, [0, 1, 3]), $"{sizesOf}, dw and db");
        }
    }

    // Lanes that get several pairs of columns of a row: as columns of vectors, and with filters as lanes.
    [Theory]
    [MemberData(nameof(Tiers.Vectors), MemberType = typeof(Tiers))]
    public void ParameterGradient_FewChannelsInLongRows_HasTheReferencesBits(KernelTier tier)
    {
        foreach ((int stride, int dilation, int groups, int filters) in new[] { (1, 1, 1, 3), (1, 1, 2, 6), (2, 1, 1, 20), (1, 3, 1, 9), (2, 2, 2, 4) })
        {
            Conv2dGeometry geometry = Padded with
            {
                Samples = 3,
                Width = 141,
                Filters = filters,
                StrideWidth = stride,
                DilationWidth = dilation,
                Groups = groups,
            };
            Conv2dProblem problem = new(geometry, seed: stride + filters, Content.Mixed);
            BitAssert.Equal(problem.ParameterGradient(KernelTier.Reference, [0, 1, 3]), problem.ParameterGradient(tier, [0, 1, 3]), $"{tier}, {geometry}");
        }
    }

    // Dy and x are powers of two, of which a float has but the largest: the lanes, and their order, show in the sum.
    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void ParameterGradient_FewChannels_AddsPairsOfColumnsByHalves(KernelTier tier)
    {
        // Columns 0 and 1 are lane 0, 16 and 17 lane 8, 32 and 33 lane 0 again: (2³⁰ − 2³⁰ of lane 0) + 1 of lane 8.
        float[] dy = new float[34], x = new float[34];
        Array.Fill(x, 1f);
        (dy[0], dy[16], dy[33]) = (1 << 30, 1, -(1 << 30));

        (_, _, float[] dw, float[] db) = Run(
            tier, new Conv2dGeometry { Samples = 1, Channels = 1, Height = 1, Width = 34, Filters = 1, KernelHeight = 1, KernelWidth = 1 }, x, w: [1], b: [0], dy);

        BitAssert.Equal([1], dw, $"{tier}, dw");
        BitAssert.Equal([1], db, $"{tier}, db");
    }

    // A tier hands what would not fill its vectors over to a narrower one, with the same scratch memory.
    [Fact]
    public void ScratchLength_WiderTier_IsEnoughForEveryNarrowerOne()
    {
        (int Channels, int Filters, int Height, int Width, int KernelHeight, int KernelWidth)[] sizes =
            [(1, 8, 4, 4, 1, 1), (2, 8, 7, 7, 2, 2), (1, 16, 3, 3, 2, 2), (1, 4, 28, 5, 1, 5)];
        IEnumerable<Conv2dGeometry> narrow = sizes.Select(size => new Conv2dGeometry
        {
            Samples = 2,
            Channels = size.Channels,
            Filters = size.Filters,
            Height = size.Height,
            Width = size.Width,
            KernelHeight = size.KernelHeight,
            KernelWidth = size.KernelWidth,
        });
        foreach (Conv2dGeometry geometry in narrow.Concat(Conv2dProblem.Grid(0)))
        {
            int[] lengths = [.. new[] { KernelTier.Vector512, KernelTier.Vector256, KernelTier.Vector128 }.Select(tier => KernelSet.For(tier).Conv2d.ScratchLength(geometry))];
            Assert.Equal(lengths.OrderDescending(), lengths);
        }
    }

    [Theory]
    [InlineData(1, 3, 0, 1, 1)]
    [InlineData(1, 3, 1, 1, 1)]
    [InlineData(2, 3, 1, 1, 1)]
    [InlineData(3, 2, 3, 1, 1)]
    [InlineData(1, 3, 2, 2, 1)]
    [InlineData(2, 2, 2, 3, 2)]
    [InlineData(1, 3, 1, 1, 4)]
    public void Reference_RandomInput_IsWithinItsRoundingBoundOfDouble(int stride, int kernel, int padding, int dilation, int groups)
    {
        Conv2dGeometry geometry = new()
        {
            Samples = 4,
            Channels = groups > 1 ? 4 : 3,
            Height = 7,
            Width = 8,
            Filters = 4,
            DilationHeight = dilation,
            DilationWidth = dilation,
            Groups = groups,
            KernelHeight = kernel,
            KernelWidth = kernel + 1,
            StrideHeight = stride,
            StrideWidth = stride,
            PaddingHeight = padding,
            PaddingWidth = padding,
        };
        Conv2dProblem problem = new(geometry, seed: 11);
        Conv2dOracle oracle = new(problem);

        oracle.CheckForward(problem.Forward(KernelTier.Reference));
        oracle.CheckInputGradient(problem.InputGradient(KernelTier.Reference));
        oracle.CheckParameterGradient(problem.ParameterGradient(KernelTier.Reference, [0, 2, 2, 4]), longestLeaf: 2, leaves: 3);
    }

    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void Kernels_SpansAtGuardedPages_StayInside(KernelTier tier)
    {
        foreach (Conv2dGeometry geometry in Conv2dProblem.Grid(turn: 5).Where((_, i) => i % 9 == 0).Concat(Conv2dProblem.GridOfGroups(turn: 4).Where((_, i) => i % 5 == 0)).Append(Padded))
        {
            foreach (bool front in new[] { false, true })
            {
                RunGuarded(tier, new Conv2dProblem(geometry, seed: geometry.Width), front);
            }
        }
    }

    [Fact]
    public void Kernels_SpanTooShort_ThrowWithItsNameAndBothNumbers()
    {
        Conv2dKernels kernels = KernelSet.For(KernelTier.Vector512).Conv2d;
        Conv2dGeometry geometry = Padded with { Samples = 2 };      // x 2·112, w 5·32, y 2·272
        int needed = kernels.ScratchLength(geometry);
        float[] x = new float[224], w = new float[160], y = new float[544], b = new float[5], scratch = new float[needed];
        int[] edges = [0, 2];

        Fails("x has 223 elements, the geometry needs 224.", () => kernels.Forward(x.AsSpan(1), w, b, y, scratch, geometry));
        Fails("w has 159 elements, the geometry needs 160.", () => kernels.Forward(x, w.AsSpan(1), b, y, scratch, geometry));
        Fails("b has 4 elements, the geometry needs 5.", () => kernels.Forward(x, w, b.AsSpan(1), y, scratch, geometry));
        Fails("y has 543 elements, the geometry needs 544.", () => kernels.Forward(x, w, b, y.AsSpan(1), scratch, geometry));
        Fails($"scratch has {needed - 1} elements, the geometry needs {needed}.", () => kernels.Forward(x, w, b, y, scratch.AsSpan(1), geometry));
        Fails("dy has 543 elements, the geometry needs 544.", () => kernels.InputGradient(y.AsSpan(1), w, x, scratch, geometry));
        Fails("w has 159 elements, the geometry needs 160.", () => kernels.InputGradient(y, w.AsSpan(1), x, scratch, geometry));
        Fails("dx has 223 elements, the geometry needs 224.", () => kernels.InputGradient(y, w, x.AsSpan(1), scratch, geometry));
        Fails($"scratch has {needed - 1} elements, the geometry needs {needed}.", () => kernels.InputGradient(y, w, x, scratch.AsSpan(1), geometry));
        Fails("x has 223 elements, the geometry needs 224.", () => kernels.ParameterGradient(x.AsSpan(1), y, w, b, edges, scratch, geometry));
        Fails("dy has 543 elements, the geometry needs 544.", () => kernels.ParameterGradient(x, y.AsSpan(1), w, b, edges, scratch, geometry));
        Fails("dw has 159 elements, the geometry needs 160.", () => kernels.ParameterGradient(x, y, w.AsSpan(1), b, edges, scratch, geometry));
        Fails("db has 4 elements, the geometry needs 5.", () => kernels.ParameterGradient(x, y, w, b.AsSpan(1), edges, scratch, geometry));
        Fails($"scratch has {needed - 1} elements, the geometry needs {needed}.", () => kernels.ParameterGradient(x, y, w, b, edges, scratch.AsSpan(1), geometry));
        Fails("The leaf edges must be 2 to 65 numbers", () => kernels.ParameterGradient(x, y, w, b, [0, 3], scratch, geometry));

        static void Fails(string message, Action call) => Assert.StartsWith(message, Assert.Throws<ArgumentException>(call).Message, StringComparison.Ordinal);
    }

    public static TheoryData<Conv2dGeometry> Invalid { get; } =
    [
        Padded with { Samples = -1 },
        Padded with { Channels = 0 },
        Padded with { Height = 0 },
        Padded with { Width = 0 },
        Padded with { Filters = 0 },
        Padded with { KernelHeight = 0 },
        Padded with { KernelWidth = 0 },
        Padded with { StrideHeight = 0 },
        Padded with { StrideWidth = 0 },
        Padded with { PaddingHeight = -1 },
        Padded with { PaddingWidth = -1 },
        Padded with { KernelHeight = 9 },                                   // one more than the padded height
        Padded with { KernelHeight = 9, StrideHeight = 2 },                 // whose quotient rounds to one window
        Padded with { KernelWidth = 12, StrideWidth = 3 },
        Padded with { DilationHeight = 0 },
        Padded with { DilationWidth = 0 },
        Padded with { DilationWidth = 6 },                                  // a window of 13 columns, 11 with the padding
        Padded with { Groups = 0 },
        Padded with { Groups = 2 },                                         // divides the channels, not the filters
        Padded with { Groups = 5 },
        Padded with { PaddingHeight = int.MaxValue },
        Padded with { Height = 1 << 16, Width = 1 << 16 },
        Padded with { Filters = 1 << 30 },
    ];

    [Theory]
    [MemberData(nameof(Invalid), DisableDiscoveryEnumeration = true)]
    public void Kernels_GeometryOutOfRange_Throw(Conv2dGeometry geometry)
    {
        Conv2dKernels kernels = KernelSet.For(KernelTier.Vector128).Conv2d;
        float[] enough = new float[1 << 14];

        Assert.Throws<ArgumentException>(nameof(geometry), () => kernels.Forward(enough, enough, [], enough, enough, geometry));
        Assert.Throws<ArgumentException>(nameof(geometry), () => kernels.InputGradient(enough, enough, enough, enough, geometry));
        Assert.Throws<ArgumentException>(nameof(geometry), () => kernels.ParameterGradient(enough, enough, enough, [], [0, 1], enough, geometry));
    }

    [Theory]
    [MemberData(nameof(Tiers.Vectors), MemberType = typeof(Tiers))]
    public void ScratchLength_BeyondAnIndex_Throws(KernelTier tier) =>
        Assert.Throws<OverflowException>(() => KernelSet.For(tier).Conv2d.ScratchLength(Padded with { Height = 20_000, Width = 20_000, Filters = 1 }));

    private static void CompareTiers(int turn, string name, Func<Conv2dProblem, KernelTier, float[]> run)
    {
        int count = turn;
        foreach (Conv2dGeometry geometry in Conv2dProblem.Grid(37 * turn).Concat(Conv2dProblem.GridOfGroups(37 * turn)))
        {
            Content content = (Content)(count++ % 4);
            bool bias = count % 3 != 0;
            Conv2dProblem problem = new(geometry, seed: count, content, bias);
            float[] expected = run(problem, KernelTier.Reference);
            foreach (KernelTier tier in Tiers.Vectors.Select(row => row.Data))
            {
                BitAssert.Equal(expected, run(problem, tier), $"{tier}, {name}, {geometry}, {content}, {(bias ? "bias" : "no bias")}");
            }
        }
    }

    /// <summary>Runs the kernels on packed operands and gives packed results: paddings are put in and taken out here.</summary>
    private static (float[] Y, float[] Dx, float[] Dw, float[] Db) Run(
        KernelTier tier, Conv2dGeometry geometry, float[] x, float[] w, float[] b, float[] dy)
    {
        Conv2dKernels kernels = KernelSet.For(tier).Conv2d;
        float[] scratch = Tensors.Unassigned(kernels.ScratchLength(geometry));
        float[] samples = Pad(x, geometry.InputStride), deltas = Pad(dy, geometry.OutputStride);
        float[] weights = [.. w.Chunk(geometry.Taps).SelectMany(filter => Pad(filter, geometry.TapStride))];
        float[] y = Tensors.Unassigned(deltas.Length), dx = Tensors.Unassigned(samples.Length);
        float[] dw = Tensors.Unassigned(weights.Length), db = Tensors.Unassigned(b.Length);
        kernels.Forward(samples, weights, b, y, scratch, geometry);
        kernels.InputGradient(deltas, weights, dx, scratch, geometry);
        kernels.ParameterGradient(samples, deltas, dw, db, [0, 1], scratch, geometry);
        return (y[..dy.Length], dx[..x.Length], [.. dw.Chunk(geometry.TapStride).SelectMany(filter => filter[..geometry.Taps])], db);

        static float[] Pad(float[] values, int length) => [.. values, .. new float[length - values.Length]];
    }

    private static void RunGuarded(KernelTier tier, Conv2dProblem problem, bool front)
    {
        Conv2dGeometry geometry = problem.Geometry;
        Conv2dKernels kernels = KernelSet.For(tier).Conv2d;
        using GuardedMemory<float> x = new(problem.X, front), w = new(problem.W, front), b = new(problem.B, front), dy = new(problem.Dy, front);
        using GuardedMemory<float> y = new(problem.Dy.Length, front), dx = new(problem.X.Length, front);
        using GuardedMemory<float> dw = new(problem.W.Length, front), db = new(problem.B.Length, front);
        using GuardedMemory<float> scratch = new(kernels.ScratchLength(geometry), front);
        using GuardedMemory<int> edges = new(LeafEdges.Of(geometry.Samples, 8), front);
        kernels.Forward(x.Span, w.Span, b.Span, y.Span, scratch.Span, geometry);
        kernels.InputGradient(dy.Span, w.Span, dx.Span, scratch.Span, geometry);
        kernels.ParameterGradient(x.Span, dy.Span, dw.Span, db.Span, edges.Span, scratch.Span, geometry);
        Assert.True(float.IsFinite(y.Span[0] + dx.Span[0] + dw.Span[0] + db.Span[0]), $"{tier}, {geometry}: expected finite sums.");
    }
}
