using ConvNN.Kernels.Convolution;
using ConvNN.Kernels.Dense;
using ConvNN.Kernels.Functions;
using ConvNN.Kernels.Losses;
using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Tests.Convolution;
using ConvNN.Kernels.Tests.Dense;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Tests.Sums;

/// <summary>The rows of "the one sum", each divided in every way that a run may divide it.</summary>
public class OneSumTests
{
    private const int Leaves = 8;

    private static readonly Conv2dGeometry Convolution = new()
    {
        Samples = 1,
        Channels = 2,
        Height = 5,
        Width = 9,
        Filters = 5,
        KernelHeight = 3,
        KernelWidth = 3,
        PaddingHeight = 1,
        PaddingWidth = 1,
    };

    private delegate float[] GradientOfRun(int firstSample, int samples, int[] edges);

    public static TheoryData<KernelTier, int> TiersAndBatches { get; } =
        [.. Tiers.ReferenceAndBest.SelectMany(tier => new[] { 1, 3, 10, 17 }.Select(batch => (tier.Data, batch)))];

    [Theory]
    [MemberData(nameof(TiersAndBatches))]
    public void DenseParameterGradient_LeavesDealtToWorkersInEveryWay_HasTheBitsOfOneCall(KernelTier tier, int batch)
    {
        foreach ((int inputs, double density) in new[] { (20, 1.0), (300, 0.2) })
        {
            DenseProblem problem = new(new DenseGeometry(batch, inputs, Units: 6), seed: batch, Content.Mixed, density: density);

            AssertEveryDealGives(
                problem.ParameterGradient(tier, LeafEdges.Of(batch, Leaves)),
                batch,
                (first, samples, edges) => problem.ParameterGradient(tier, first, samples, edges),
                $"{tier}, dense, density {density}");
        }
    }

    [Theory]
    [MemberData(nameof(TiersAndBatches))]
    public void ConvolutionParameterGradient_LeavesDealtToWorkersInEveryWay_HasTheBitsOfOneCall(KernelTier tier, int batch)
    {
        Conv2dProblem problem = new(Convolution with { Samples = batch }, seed: batch, Content.Mixed);

        AssertEveryDealGives(
            problem.ParameterGradient(tier, LeafEdges.Of(batch, Leaves)),
            batch,
            (first, samples, edges) => problem.ParameterGradient(tier, first, samples, edges),
            $"{tier}, convolution");
    }

    [Theory]
    [MemberData(nameof(Tiers.ReferenceAndBest), MemberType = typeof(Tiers))]
    public void DenseForwardAndInputGradient_SamplesCutIntoCalls_HaveTheBitsOfOneCall(KernelTier tier)
    {
        DenseProblem problem = new(new DenseGeometry(7, Inputs: 37, Units: 21), seed: 1);
        DenseKernels kernels = KernelSet.For(tier).Dense;
        (float[] y, float[] dx) = (problem.Forward(tier), problem.InputGradient(tier));
        foreach ((int start, int end) in Runs(7))
        {
            DenseGeometry geometry = problem.Geometry with { Samples = end - start };
            (Range input, Range output) = (Rows(start, end, geometry.InputStride), Rows(start, end, geometry.UnitStride));
            float[] part = Tensors.Unassigned(geometry.Samples * geometry.UnitStride), gradient = Tensors.Unassigned(geometry.Samples * geometry.InputStride);
            kernels.Forward(problem.X.AsSpan(input), problem.W, problem.B, part, geometry);
            kernels.InputGradient(problem.Dy.AsSpan(output), problem.W, gradient, geometry);

            BitAssert.Equal(y[output], part, $"{tier}, y, samples [{start}, {end})");
            BitAssert.Equal(dx[input], gradient, $"{tier}, dx, samples [{start}, {end})");
        }
    }

    [Theory]
    [MemberData(nameof(Tiers.ReferenceAndBest), MemberType = typeof(Tiers))]
    public void ConvolutionForwardAndInputGradient_SamplesCutIntoCalls_HaveTheBitsOfOneCall(KernelTier tier)
    {
        Conv2dProblem problem = new(Convolution with { Samples = 5 }, seed: 2);
        Conv2dKernels kernels = KernelSet.For(tier).Conv2d;
        (float[] y, float[] dx) = (problem.Forward(tier), problem.InputGradient(tier));
        float[] scratch = new float[kernels.ScratchLength(Convolution)];
        foreach ((int start, int end) in Runs(5))
        {
            Conv2dGeometry geometry = problem.Geometry with { Samples = end - start };
            (Range input, Range output) = (Rows(start, end, geometry.InputStride), Rows(start, end, geometry.OutputStride));
            float[] part = Tensors.Unassigned(geometry.Samples * geometry.OutputStride), gradient = Tensors.Unassigned(geometry.Samples * geometry.InputStride);
            kernels.Forward(problem.X.AsSpan(input), problem.W, problem.B, part, scratch, geometry);
            kernels.InputGradient(problem.Dy.AsSpan(output), problem.W, gradient, scratch, geometry);

            BitAssert.Equal(y[output], part, $"{tier}, y, samples [{start}, {end})");
            BitAssert.Equal(dx[input], gradient, $"{tier}, dx, samples [{start}, {end})");
        }
    }

    /// <summary>The definition's formula, written out, for the lanes of a dense output.</summary>
    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void DenseForward_EverySize_IsTheLaneSumPlusTheBias(KernelTier tier)
    {
        for (int inputs = 1; inputs <= 50; inputs++)
        {
            DenseProblem problem = new(new DenseGeometry(1, inputs, Units: 1), seed: inputs, Content.Mixed);
            float[] lanes = new float[16];
            for (int i = 0; i < inputs; i++)
            {
                lanes[i % 16] = MathF.FusedMultiplyAdd(problem.X[i], problem.W[i], lanes[i % 16]);
            }

            float[] eight = [.. lanes[..8].Zip(lanes[8..], (low, high) => low + high)];
            float[] four = [.. eight[..4].Zip(eight[4..], (low, high) => low + high)];
            float sum = four[0] + four[2] + (four[1] + four[3]) + 0f;

            BitAssert.Equal([sum + problem.B[0]], problem.Forward(tier).AsSpan(0, 1), $"{tier}, {inputs} inputs");
        }
    }

    /// <summary>
    /// Callers that have the inputs of a subtree of leaves each sum these, without a bias; joined, they have the bits of one call. Each leaf is
    /// written out as lanes of its inputs alone.
    /// </summary>
    [Theory]
    [InlineData(2, 9)]
    [InlineData(5, 13)]
    [InlineData(8, 25)]
    [InlineData(13, 4)]
    public void DenseForward_InputLeavesDealtToCallersInEveryWay_HasTheBitsOfOneCall(int channels, int length)
    {
        DenseGeometry geometry = new(3, channels * length, Units: 6) { Channels = channels };
        DenseProblem problem = new(geometry, seed: channels, Content.Mixed, bias: false);
        Dictionary<(int, int), float[]> leaves = [];
        for (int h = 0; h < geometry.InputLeaves; h++)
        {
            InputRun run = geometry.InputsOf(h, h + 1);
            float[] alone = [.. problem.X.Select((value, i) => i % geometry.InputStride >= run.First && i % geometry.InputStride < run.End ? value : 0f)];
            leaves[(h, h + 1)] = new float[geometry.Samples * geometry.UnitStride];
            KernelSet.For(KernelTier.Reference).Dense.Forward(alone, problem.W, [], leaves[(h, h + 1)], geometry with { Channels = 1 });
        }

        foreach (KernelTier tier in Tiers.ReferenceAndBest.Select(row => row.Data))
        {
            float[] whole = [.. problem.Forward(tier).Select(value => float.IsNaN(value) ? 0f : value)];
            BitAssert.Equal(Joined(leaves, 0, geometry.InputLeaves), whole, $"{tier}, {geometry}");
            foreach (int[] runs in Compositions(geometry.InputLeaves))
            {
                Dictionary<(int, int), float[]> subtrees = [];
                for (int r = 0; r + 1 < runs.Length; r++)
                {
                    foreach ((int lo, int hi) in SumTree.Cover(geometry.InputLeaves, runs[r], runs[r + 1]))
                    {
                        subtrees[(lo, hi)] = [.. problem.Forward(tier, geometry.InputsOf(lo, hi)).Select(value => float.IsNaN(value) ? 0f : value)];
                    }
                }

                BitAssert.Equal(whole, Joined(subtrees, 0, geometry.InputLeaves), $"{tier}, {geometry}, callers at [{string.Join(", ", runs)}]");
            }
        }
    }

    [Fact]
    public void CrossEntropy_OneSample_IsTheSumInClassOrder()
    {
        float[] z = Tensors.Values(10, seed: 4), dz = new float[10];
        float sum = 0f;
        foreach (float logit in z)
        {
            sum += Elementary.Exp(logit - z.Max());
        }

        float loss = SoftmaxKernels.CrossEntropy(z, 3, dz);

        BitAssert.Equal([Elementary.Log(sum) - (z[3] - z.Max())], [loss], "loss");
        BitAssert.Equal([.. z.Select((logit, k) => (Elementary.Exp(logit - z.Max()) / sum) - (k == 3 ? 1f : 0f))], dz, "dz");
    }

    /// <summary>Deals the leaves to 1, 2, … workers as neighbouring runs; each sums its subtrees, the reducer joins them.</summary>
    private static void AssertEveryDealGives(float[] whole, int batch, GradientOfRun gradient, string context)
    {
        LeafCut cut = new(batch, Leaves);
        foreach (int[] runs in Compositions(Leaves))
        {
            Dictionary<(int, int), float[]> subtrees = [];
            for (int worker = 0; worker + 1 < runs.Length; worker++)
            {
                (int first, int end) = (cut.Start(runs[worker]), cut.Start(runs[worker + 1]));
                foreach ((int lo, int hi) in SumTree.Cover(Leaves, runs[worker], runs[worker + 1]))
                {
                    int[] edges = [.. Enumerable.Range(lo, hi - lo + 1).Select(h => cut.Start(h) - first)];
                    if (edges[0] < edges[^1])
                    {
                        subtrees[(lo, hi)] = gradient(first, end - first, edges);
                    }
                }
            }

            BitAssert.Equal(whole, Joined(subtrees, 0, Leaves), $"{context}, batch {batch}, workers at [{string.Join(", ", runs)}]");
        }
    }

    /// <summary>The tree over what the callers have summed; a subtree that nobody has, nor parts of it, is empty.</summary>
    private static float[] Joined(Dictionary<(int Lo, int Hi), float[]> subtrees, int lo, int hi)
    {
        if (subtrees.TryGetValue((lo, hi), out float[]? sum) || hi - lo == 1)
        {
            return sum ?? [];
        }

        (float[] left, float[] right) = (Joined(subtrees, lo, SumTree.Middle(lo, hi)), Joined(subtrees, SumTree.Middle(lo, hi), hi));
        return left.Length == 0 ? right : right.Length == 0 ? left : [.. left.Zip(right, (a, b) => a + b)];
    }

    /// <summary>All ways of cutting [0, count) into neighbouring runs, as the edges of the runs.</summary>
    private static IEnumerable<int[]> Compositions(int count) =>
        Enumerable.Range(0, 1 << (count - 1)).Select(cuts => (int[])[0, .. Enumerable.Range(1, count - 1).Where(at => (cuts >> (at - 1) & 1) == 1), count]);

    private static IEnumerable<(int Start, int End)> Runs(int samples) =>
        Enumerable.Range(0, samples).SelectMany(start => Enumerable.Range(start + 1, samples - start).Select(end => (start, end)));

    private static Range Rows(int start, int end, int stride) => (start * stride)..(end * stride);
}
