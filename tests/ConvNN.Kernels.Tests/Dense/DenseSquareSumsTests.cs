using ConvNN.Kernels.Dense;
using ConvNN.Kernels.Optimizers;
using ConvNN.Kernels.Tests.Sums;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Tests.Dense;

/// <summary>The squares of a gradient, summed while the optimizer is applied, for the norm of a recorded step.</summary>
public class DenseSquareSumsTests
{
    public static TheoryData<KernelTier, bool> TiersWithAndWithoutState { get; } =
        [.. Enum.GetValues<KernelTier>().SelectMany(tier => (IEnumerable<(KernelTier, bool)>)[(tier, false), (tier, true)])];

    /// <summary>Owners of all weights, of leaves of inputs and of blocks of units write the same sums, and those of a stored gradient.</summary>
    [Theory]
    [MemberData(nameof(TiersWithAndWithoutState))]
    public void Step_SquareSums_HaveTheDefinitionsBitsForAnyOwners(KernelTier tier, bool hasState)
    {
        foreach ((int samples, int channels, int plane, int units, double density) in ((int, int, int, int, double)[])[
            (10, 8, 13, 37, 1), (10, 8, 169, 130, 1), (70, 3, 25, 128, 1), (140, 3, 25, 20, 1), (9, 1, 48, 10, 1), (3, 2, 1, 1, 1), (10, 8, 169, 130, 0.2)])
        {
            DenseGeometry geometry = new(samples, channels * plane, units) { Channels = channels };
            DenseProblem problem = new(geometry, seed: units, bias: false, density: density);
            int[] edges = LeafEdges.Of(samples, 8);
            float[] gradient = problem.ParameterGradient(KernelTier.Reference, edges), plain = [.. problem.W], plainState = new float[problem.W.Length];
            KernelSet.For(KernelTier.Reference).Elementwise.Scale(gradient, 0.1f);
            KernelSet.For(tier).Dense.Step(problem.X, problem.Dy, plain, edges, geometry, 0.1f, Update(plainState));
            double[] expected = SquareSumsOf(gradient, geometry);

            Assert.Equal(expected, Sum((columns, cells) => DenseKernels.SumSquares(gradient, geometry, new SquareSums(columns, cells))));
            int block = geometry.UnitBlock, half = geometry.UnitBlocks / 2 * block, leaf = geometry.InputLeaves / 2;
            (int First, int Count)[] allUnits = [(0, units)], twoRuns = half == 0 ? allUnits : [(0, half), (half, units - half)];
            InputRun[] allInputs = [new(0, geometry.Inputs)], twoParts = leaf == 0 ? allInputs : [geometry.InputsOf(0, leaf), geometry.InputsOf(leaf, geometry.InputLeaves)];
            foreach (((int First, int Count)[] runs, InputRun[] parts) in (((int, int)[], InputRun[])[])[(allUnits, allInputs), (twoRuns, allInputs), (allUnits, twoParts)])
            {
                float[] weights = [.. problem.W], state = new float[problem.W.Length];
                double[] actual = Sum((columns, cells) =>
                {
                    foreach ((int first, int count) in runs)
                    {
                        foreach (InputRun part in parts)
                        {
                            SquareSums sums = new(columns.AsSpan(first / block * geometry.InputStride), cells.AsSpan(first / block * geometry.InputLeaves));
                            KernelSet.For(tier).Dense.Step(
                                problem.X,
                                problem.Dy.AsSpan(first),
                                weights.AsSpan(first * geometry.InputStride, count * geometry.InputStride),
                                edges,
                                geometry with { Units = count, LayerUnits = units, Part = part },
                                0.1f,
                                Update(state.AsSpan(first * geometry.InputStride, count * geometry.InputStride)).WithSquareSums(sums));
                        }
                    }
                });
                Assert.Equal(expected, actual);
                BitAssert.Equal(plain, weights, $"{tier}, {geometry}, {runs.Length} runs of units, {parts.Length} of inputs");
            }

            WeightUpdate Update(Span<float> momentum) => hasState
                ? WeightUpdate.Momentum(momentum, new(0.1f, 0.9f, IsNesterov: false, DecayFactors.None))
                : WeightUpdate.Descent(new(0.1f, DecayFactors.None));

            double[] Sum(Action<float[], double[]> run)
            {
                float[] columns = Tensors.Unassigned(geometry.UnitBlocks * geometry.InputStride);
                double[] cells = [.. Enumerable.Repeat(double.NaN, geometry.UnitBlocks * geometry.InputLeaves)];
                run(columns, cells);
                return cells;
            }
        }
    }

    /// <summary>The definition: chains over the units of a block, then 8 lanes over the columns of a leaf.</summary>
    private static double[] SquareSumsOf(float[] gradient, DenseGeometry geometry)
    {
        double[] cells = new double[geometry.UnitBlocks * geometry.InputLeaves];
        for (int cell = 0; cell < cells.Length; cell++)
        {
            int firstUnit = cell / geometry.InputLeaves * geometry.UnitBlock, leaf = cell % geometry.InputLeaves;
            InputRun run = geometry.InputsOf(leaf, leaf + 1);
            double[] lanes = new double[8];
            for (int i = run.First; i < run.End; i++)
            {
                float chain = 0;
                for (int o = firstUnit; o < Math.Min(firstUnit + geometry.UnitBlock, geometry.Units); o++)
                {
                    float g = gradient[(o * geometry.InputStride) + i];
                    chain = MathF.FusedMultiplyAdd(g, g, chain);
                }

                lanes[(i - run.First) % 8] += chain;
            }

            for (int half = 4; half >= 1; half /= 2)
            {
                for (int l = 0; l < half; l++)
                {
                    lanes[l] += lanes[l + half];
                }
            }

            cells[cell] = lanes[0];
        }

        return cells;
    }
}
