using ConvNN.Kernels.Dense;
using ConvNN.Kernels.Optimizers;
using ConvNN.Kernels.Tests.Sums;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Tests.Dense;

public class DenseKernelsTests
{
    private static readonly int[] Units = [.. Enumerable.Range(1, 20), 128];
    private static readonly int[] SampleCounts = [1, 2, 3, 4, 5, 10];

    private delegate WeightUpdate UpdateOf(Span<float> first, Span<float> second, Span<float> third);

    private static IReadOnlyDictionary<string, UpdateOf> Updates { get; } = new Dictionary<string, UpdateOf>
    {
        ["Descent"] = (_, _, _) => WeightUpdate.Descent(new(0.1f, DecayFactors.None)),
        ["Descent, decay"] = (_, _, _) => WeightUpdate.Descent(new(0.1f, new(0.013f, 0.97f))),
        ["Nesterov"] = (first, _, _) => WeightUpdate.Momentum(first, new(0.1f, 0.9f, IsNesterov: true, DecayFactors.None)),
        ["RmsProp"] = (first, second, third) => WeightUpdate.RmsProp(first, second, third, new(0.01f, 0.99f, 0.01f, 1e-8f, 0.9f, DecayFactors.None)),
        ["Adam"] = (first, second, _) => WeightUpdate.Adam(first, second, new(0.01f, 0.9f, 0.1f, 0.999f, 0.001f, 3.3f, 1e-8f, DecayFactors.None)),
        ["Lion"] = (first, _, _) => WeightUpdate.Lion(first, new(0.01f, 0.9f, 0.1f, 0.99f, 0.01f, DecayFactors.None)),
    };

    public static TheoryData<KernelTier, string> TiersAndUpdates { get; } =
        [.. Enum.GetValues<KernelTier>().SelectMany(tier => Updates.Keys.Select(name => (tier, name)))];

    [Theory]
    [MemberData(nameof(Tiers.Vectors), MemberType = typeof(Tiers))]
    public void Forward_Grid_HasTheReferencesBits(KernelTier tier) =>
        ForEachProblem((problem, name) => BitAssert.Equal(problem.Forward(KernelTier.Reference), problem.Forward(tier), $"{tier}, y, {name}"));

    [Theory]
    [MemberData(nameof(Tiers.Vectors), MemberType = typeof(Tiers))]
    public void InputGradient_Grid_HasTheReferencesBits(KernelTier tier) =>
        ForEachProblem((problem, name) => BitAssert.Equal(problem.InputGradient(KernelTier.Reference), problem.InputGradient(tier), $"{tier}, dx, {name}"));

    [Theory]
    [MemberData(nameof(Tiers.Vectors), MemberType = typeof(Tiers))]
    public void ParameterGradient_Grid_HasTheReferencesBits(KernelTier tier)
    {
        int kind = 0;
        ForEachProblem((problem, name) =>
        {
            int[] edges = LeafEdges.Kind(problem.Geometry.Samples, kind++);
            BitAssert.Equal(
                problem.ParameterGradient(KernelTier.Reference, edges),
                problem.ParameterGradient(tier, edges),
                $"{tier}, dw and db, leaves [{string.Join(", ", edges)}], {name}");
        });
    }

    [Theory]
    [MemberData(nameof(Tiers.Vectors), MemberType = typeof(Tiers))]
    public void ParameterGradient_EveryKindOfLeaves_HasTheReferencesBits(KernelTier tier)
    {
        foreach ((int inputs, int units, double density) in new[] { (35, 5, 1), (150, 70, 0.2), (150, 5, 0.05), (150, 5, 0.0) })
        {
            foreach (int samples in new[] { 1, 3, 10, 70, 140 })
            {
                DenseProblem problem = new(new DenseGeometry(samples, inputs, units), seed: samples, Content.Mixed, density: density);
                foreach (int[] edges in LeafEdges.Kinds(samples))
                {
                    BitAssert.Equal(
                        problem.ParameterGradient(KernelTier.Reference, edges),
                        problem.ParameterGradient(tier, edges),
                        $"{tier}, leaves [{string.Join(", ", edges)}] of {samples} samples, density {density}");
                }
            }
        }
    }

    /// <summary>Leaves that begin and end amid lanes, lie within one vector, or have none of another leaf's inputs beside them.</summary>
    [Theory]
    [MemberData(nameof(Tiers.Vectors), MemberType = typeof(Tiers))]
    public void Forward_ChannelsAndRunsOfLeaves_HasTheReferencesBits(KernelTier tier)
    {
        int seed = 0;
        foreach ((int channels, int length) in new[] { (2, 1), (3, 5), (5, 16), (8, 7), (8, 32), (8, 169), (11, 3), (12, 25), (64, 4) })
        {
            foreach (int samples in new[] { 1, 2, 4, 5, 10, 23 })
            {
                DenseGeometry geometry = new(samples, channels * length, Units: 1 + (seed % 13)) { Channels = channels };
                DenseProblem problem = new(geometry, ++seed, (Content)(seed % 4), bias: seed % 3 != 0);
                for (int lo = 0; lo < geometry.InputLeaves; lo++)
                {
                    for (int hi = lo + 1; hi <= geometry.InputLeaves; hi++)
                    {
                        InputRun part = geometry.InputsOf(lo, hi);
                        BitAssert.Equal(problem.Forward(KernelTier.Reference, part), problem.Forward(tier, part), $"{tier}, {geometry}, leaves [{lo}, {hi})");
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void InputGradient_Part_IsThatOfTheWholeRowAndTouchesNoOtherColumn(KernelTier tier)
    {
        foreach ((DenseProblem problem, InputRun part) in Parts())
        {
            DenseGeometry geometry = problem.Geometry;
            float[] whole = problem.InputGradient(tier), dx = Tensors.Unassigned(problem.X.Length);

            KernelSet.For(tier).Dense.InputGradient(problem.Dy, problem.W, dx, geometry with { Part = part });

            BitAssert.Equal([.. whole.Select((value, i) => IsOwn(i, part, geometry) ? value : float.NaN)], dx, $"{tier}, {geometry}, {part}");
        }
    }

    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void ParameterGradient_Part_IsThatOfTheWholeRowAndTouchesNoOtherColumn(KernelTier tier)
    {
        foreach ((DenseProblem problem, InputRun part) in Parts())
        {
            DenseGeometry geometry = problem.Geometry;
            int[] edges = LeafEdges.Of(geometry.Samples, 8);
            float[] whole = problem.ParameterGradient(tier, edges), dw = Tensors.Unassigned(problem.W.Length);

            KernelSet.For(tier).Dense.ParameterGradient(problem.X, problem.Dy, dw, [], edges, geometry with { Part = part });

            BitAssert.Equal([.. whole.Take(dw.Length).Select((value, i) => IsOwn(i, part, geometry) ? value : float.NaN)], dw, $"{tier}, {geometry}, {part}");
        }
    }

    /// <summary>A vector may reach past the call's units, to those of others or to padding, which end up in no gradient.</summary>
    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void BiasGradient_SomeUnits_HasTheReferencesBitsAndTouchesNoOther(KernelTier tier)
    {
        foreach ((int units, int first, int count) in new[] { (10, 0, 10), (16, 0, 16), (64, 16, 16), (64, 20, 4), (70, 64, 6), (33, 7, 25), (5, 4, 1), (48, 36, 12), (48, 44, 4), (40, 20, 20) })
        {
            foreach (int[] edges in LeafEdges.Kinds(9))
            {
                DenseProblem problem = new(new DenseGeometry(9, 3, units), seed: units, Content.Mixed);
                DenseGeometry part = problem.Geometry with { Units = count };
                float[] expected = Tensors.Unassigned(count + 20), actual = Tensors.Unassigned(count + 20);
                KernelSet.For(KernelTier.Reference).Dense.BiasGradient(problem.Dy.AsSpan(first), expected, edges, part, 0.25f);
                using GuardedMemory<float> dy = new(problem.Dy.AsSpan(first), false);
                KernelSet.For(tier).Dense.BiasGradient(dy.Span, actual, edges, part, 0.25f);

                BitAssert.Equal(expected, actual, $"{tier}, {count} of {units} units, leaves [{string.Join(", ", edges)}]");
            }
        }
    }

    /// <summary>The step that is computed at once is the gradient, stored, and then the optimizer's step by the reference.</summary>
    [Theory]
    [MemberData(nameof(TiersAndUpdates))]
    public void Step_EveryUpdateAndPart_IsTheGradientAndThenTheOptimizersStep(KernelTier tier, string name)
    {
        UpdateOf update = Updates[name];
        KernelSet definition = KernelSet.For(KernelTier.Reference);
        foreach ((DenseProblem problem, InputRun part) in Parts())
        {
            DenseGeometry geometry = problem.Geometry with { Part = part };
            int[] edges = LeafEdges.Kind(geometry.Samples, part.First);
            float[] gradient = problem.ParameterGradient(KernelTier.Reference, edges)[..problem.W.Length];
            definition.Elementwise.Scale(gradient, 0.37f);
            float[][] old = [problem.W, .. Enumerable.Range(1, 3).Select(seed => Tensors.Values(problem.W.Length, seed).Select(Math.Abs).ToArray())];
            float[][] expected = [.. old.Select(values => values.ToArray())], actual = [.. old.Select(values => values.ToArray())];

            definition.Optimizer.Apply(update(expected[1], expected[2], expected[3]), expected[0], gradient);
            KernelSet.For(tier).Dense.Step(problem.X, problem.Dy, actual[0], edges, geometry, 0.37f, update(actual[1], actual[2], actual[3]));

            for (int operand = 0; operand < 4; operand++)
            {
                BitAssert.Equal(
                    [.. expected[operand].Select((value, i) => IsOwn(i, part, geometry) ? value : old[operand][i])],
                    actual[operand],
                    $"{tier}, {name}, {geometry}, leaves [{string.Join(", ", edges)}], operand {operand}");
            }
        }
    }

    /// <summary>Parts, with few gradients and with many, read and write nothing beyond what they are given.</summary>
    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void Gradients_MemoryBetweenGuardPages_StayInside(KernelTier tier)
    {
        DenseKernels kernels = KernelSet.For(tier).Dense;
        foreach ((DenseProblem problem, InputRun part) in Parts())
        {
            DenseGeometry geometry = problem.Geometry with { Part = part };
            foreach (bool front in new[] { false, true })
            {
                using GuardedMemory<float> x = new(problem.X, front), w = new(problem.W, front), dy = new(problem.Dy, front);
                using GuardedMemory<float> dx = new(problem.X.Length, front), dw = new(problem.W.Length, front);
                kernels.InputGradient(dy.Span, w.Span, dx.Span, geometry);
                kernels.ParameterGradient(x.Span, dy.Span, dw.Span, [], LeafEdges.Of(geometry.Samples, 8), geometry);
                float[] expected = problem.InputGradient(KernelTier.Reference);

                Assert.Equal(expected[part.First], dx.Span[part.First]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void Sums_ProductsThatUnderflow_HaveNoNegativeZero(KernelTier tier)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            DenseProblem problem = new(new DenseGeometry(3, Inputs: 1 + seed, Units: 3), seed, Content.Tiny, bias: false);

            BitAssert.HasNoNegativeZero(problem.Forward(tier), $"{tier}, y, seed {seed}");
            BitAssert.HasNoNegativeZero(problem.InputGradient(tier), $"{tier}, dx, seed {seed}");
            BitAssert.HasNoNegativeZero(problem.ParameterGradient(tier, [0, 1, 2, 3]), $"{tier}, dw, seed {seed}");
        }
    }

    /// <summary>The product 1e−30 · −1e−30 rounds to −0; without the leaf's last <c>+ 0f</c> it would be the sum.</summary>
    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void Sums_OneProductThatUnderflowsBelowZero_ArePositiveZero(KernelTier tier)
    {
        DenseGeometry geometry = new(1, 1, 1);
        float[] small = [1e-30f, .. new float[15]], minusSmall = [-1e-30f, .. new float[15]];
        (float[] y, float[] dx, float[] dw) = (Tensors.Unassigned(16), Tensors.Unassigned(16), Tensors.Unassigned(16));
        DenseKernels kernels = KernelSet.For(tier).Dense;
        Assert.True(float.IsNegative(MathF.FusedMultiplyAdd(small[0], minusSmall[0], 0f)));

        kernels.Forward(small, minusSmall, [], y, geometry);
        kernels.InputGradient(small, minusSmall, dx, geometry);
        kernels.ParameterGradient(small, minusSmall, dw, [], [0, 1], geometry);

        BitAssert.Equal([0f, 0f, 0f], [y[0], dx[0], dw[0]], $"{tier}");
    }

    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void Gradients_PaddedRows_HaveZerosInTheirPadding(KernelTier tier)
    {
        DenseProblem problem = new(new DenseGeometry(4, Inputs: 21, Units: 5), seed: 1, bias: false);
        foreach (float[] gradient in new[] { problem.InputGradient(tier), problem.ParameterGradient(tier, [0, 2, 4]) })
        {
            for (int i = 0; i < gradient.Length; i++)
            {
                Assert.True(i % 32 < 21 || gradient[i] == 0, $"{tier}: padding at index {i} expected 0, actual {gradient[i]}.");
            }
        }
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 17, 5)]
    [InlineData(4, 70, 20)]
    [InlineData(2, 1352, 40)]
    [InlineData(2, 5, 300)]
    public void Reference_RandomInput_IsWithinItsRoundingBoundOfDouble(int samples, int inputs, int units)
    {
        DenseGeometry geometry = new(samples, inputs, units);
        DenseProblem problem = new(geometry, seed: 7);
        (float[] x, float[] w, float[] b, float[] dy) = (problem.X, problem.W, problem.B, problem.Dy);
        float[] y = problem.Forward(KernelTier.Reference);
        float[] dx = problem.InputGradient(KernelTier.Reference);
        float[] gradient = problem.ParameterGradient(KernelTier.Reference, LeafEdges.Of(samples, 8));
        for (int n = 0; n < samples; n++)
        {
            for (int o = 0; o < units; o++)
            {
                Check(
                    Enumerable.Range(0, inputs).Select(i => (double)x[(n * geometry.InputStride) + i] * w[(o * geometry.InputStride) + i]).Append(b[o]),
                    roundings: ((inputs + 15) / 16) + 4 + 1,
                    y[(n * geometry.UnitStride) + o],
                    $"y[{n}, {o}]");
            }

            for (int i = 0; i < inputs; i++)
            {
                Check(
                    Enumerable.Range(0, units).Select(o => (double)dy[(n * geometry.UnitStride) + o] * w[(o * geometry.InputStride) + i]),
                    roundings: units,
                    dx[(n * geometry.InputStride) + i],
                    $"dx[{n}, {i}]");
            }
        }

        int longestLeaf = (samples + 7) / 8;
        for (int o = 0; o < units; o++)
        {
            for (int i = 0; i < inputs; i++)
            {
                Check(
                    Enumerable.Range(0, samples).Select(n => (double)dy[(n * geometry.UnitStride) + o] * x[(n * geometry.InputStride) + i]),
                    roundings: longestLeaf + 3,
                    gradient[(o * geometry.InputStride) + i],
                    $"dw[{o}, {i}]");
            }

            Check(
                Enumerable.Range(0, samples).Select(n => (double)dy[(n * geometry.UnitStride) + o]),
                roundings: longestLeaf + 3,
                gradient[w.Length + o],
                $"db[{o}]");
        }

        static void Check(IEnumerable<double> products, int roundings, float actual, string element)
        {
            double[] terms = [.. products];
            RoundingBound.Check(terms.Sum(), RoundingBound.Of(roundings, terms.Sum(Math.Abs), terms.Length), actual, element);
        }
    }

    /// <summary>Layers of several sizes, and runs of their inputs that begin and end anywhere.</summary>
    private static IEnumerable<(DenseProblem Problem, InputRun Part)> Parts()
    {
        int seed = 0;
        foreach ((int samples, int inputs, int units, double density) in new[] { (1, 9, 1, 1), (3, 40, 5, 1), (5, 70, 4, 1), (10, 131, 6, 1), (9, 600, 5, 1), (70, 77, 3, 1), (140, 77, 3, 1), (10, 131, 6, 0.3), (9, 600, 5, 0.1), (12, 1352, 70, 0.2), (70, 200, 6, 0.2) })
        {
            DenseProblem problem = new(new DenseGeometry(samples, inputs, units), ++seed, (Content)(seed % 4), bias: false, density);
            foreach (int first in new[] { 0, 1, 6, 16, 21, 32, 47, 64, 100 })
            {
                foreach (int count in new[] { 1, 3, 15, 16, 31, 64, inputs - first })
                {
                    if (count > 0 && first + count <= inputs)
                    {
                        yield return (problem, new InputRun(first, count));
                    }
                }
            }
        }
    }

    /// <summary>Whether an element of a row belongs to a part; the last part has the padding.</summary>
    private static bool IsOwn(int index, InputRun part, DenseGeometry geometry)
    {
        int column = index % geometry.InputStride;
        return column >= part.First && (column < part.End || part.End == geometry.Inputs);
    }

    private static void ForEachProblem(Action<DenseProblem, string> check)
    {
        int count = 0;
        foreach (int units in Units)
        {
            for (int inputs = 1; inputs <= 70; inputs++)
            {
                Check(SampleCounts[(units + inputs) % SampleCounts.Length], inputs, units);
            }
        }

        foreach (int samples in SampleCounts)
        {
            Check(samples, 1352, units: samples == 10 ? 128 : samples);
            Check(samples, 300, units: 128);
            Check(20 * samples, 300, units: 70);
        }

        void Check(int samples, int inputs, int units)
        {
            Content content = (Content)(count++ % 4);
            bool bias = count % 3 != 0;
            double density = count % 5 == 0 ? 0.2 : 1;
            DenseProblem problem = new(new DenseGeometry(samples, inputs, units), seed: count, content, bias, density);
            check(problem, $"{problem.Geometry}, {content}, {(bias ? "bias" : "no bias")}, density {density}");
        }
    }
}
