using ConvNN.Kernels.Dense;
using ConvNN.Kernels.Optimizers;
using ConvNN.Kernels.Tests.Sums;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Tests.Dense;

/// <summary>What calls may be given: nothing outside of the spans is touched, and what does not fit is refused.</summary>
public class DenseArgumentsTests
{
    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void Kernels_SpansAtGuardedPages_StayInside(KernelTier tier)
    {
        DenseKernels kernels = KernelSet.For(tier).Dense;
        foreach (bool front in new[] { false, true })
        {
            foreach ((int samples, int inputs, int units) in new[] { (1, 1, 1), (3, 16, 4), (2, 17, 5), (5, 33, 16), (2, 70, 17), (10, 100, 20) })
            {
                DenseGeometry geometry = new(samples, inputs, units);
                DenseProblem problem = new(geometry, seed: units);
                using GuardedMemory<float> x = new(problem.X, front), w = new(problem.W, front), b = new(problem.B, front), dy = new(problem.Dy, front);
                using GuardedMemory<float> y = new(problem.Dy.Length, front), dx = new(problem.X.Length, front);
                using GuardedMemory<float> dw = new(problem.W.Length, front), db = new(units, front);
                kernels.Forward(x.Span, w.Span, b.Span, y.Span, geometry);
                kernels.Forward(x.Span, w.Span, b.Span, y.Span, geometry with { Channels = inputs });
                kernels.InputGradient(dy.Span, w.Span, dx.Span, geometry);
                foreach (int[] cut in LeafEdges.Kinds(samples))
                {
                    using GuardedMemory<int> edges = new(cut, front);
                    kernels.ParameterGradient(x.Span, dy.Span, dw.Span, db.Span, edges.Span, geometry);
                    kernels.Step(x.Span, dy.Span, dw.Span, edges.Span, geometry, 1f, WeightUpdate.Descent(new(0.1f, DecayFactors.None)));
                }

                BitAssert.Equal(problem.InputGradient(KernelTier.Reference), dx.Span, $"{tier}, {geometry}");
            }
        }
    }

    [Fact]
    public void Kernels_SpanTooShort_ThrowWithItsNameAndBothNumbers()
    {
        DenseKernels kernels = KernelSet.For(KernelSet.BestTier).Dense;
        DenseGeometry geometry = new(2, 17, 5);             // x 64, w 160, y 32
        float[] x = new float[64], w = new float[160], y = new float[32], b = new float[5];
        int[] edges = [0, 2];

        Fails("x has 63 elements, the geometry needs 64.", () => kernels.Forward(x.AsSpan(1), w, b, y, geometry));
        Fails("w has 159 elements, the geometry needs 160.", () => kernels.Forward(x, w.AsSpan(1), b, y, geometry));
        Fails("b has 4 elements, the geometry needs 5.", () => kernels.Forward(x, w, b.AsSpan(1), y, geometry));
        Fails("y has 31 elements, the geometry needs 32.", () => kernels.Forward(x, w, b, y.AsSpan(1), geometry));
        Fails("dy has 31 elements, the geometry needs 32.", () => kernels.InputGradient(y.AsSpan(1), w, x, geometry));
        Fails("w has 159 elements, the geometry needs 160.", () => kernels.InputGradient(y, w.AsSpan(1), x, geometry));
        Fails("dx has 63 elements, the geometry needs 64.", () => kernels.InputGradient(y, w, x.AsSpan(1), geometry));
        Fails("x has 63 elements, the geometry needs 64.", () => kernels.ParameterGradient(x.AsSpan(1), y, w, b, edges, geometry));
        Fails("dy has 31 elements, the geometry needs 32.", () => kernels.ParameterGradient(x, y.AsSpan(1), w, b, edges, geometry));
        Fails("dw has 159 elements, the geometry needs 160.", () => kernels.ParameterGradient(x, y, w.AsSpan(1), b, edges, geometry));
        Fails("db has 4 elements, the geometry needs 5.", () => kernels.ParameterGradient(x, y, w, b.AsSpan(1), edges, geometry));

        static void Fails(string message, Action call) => Assert.StartsWith(message, Assert.Throws<ArgumentException>(call).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(-1, 2)]
    [InlineData(0, 2, 1)]
    [InlineData(0)]
    public void ParameterGradient_EdgesThatLeaveTheSamplesOrFall_Throw(params int[] edges)
    {
        float[] x = new float[32], w = new float[16];

        ArgumentException error = Assert.Throws<ArgumentException>(
            () => KernelSet.For(KernelTier.Reference).Dense.ParameterGradient(x, x, w, [], edges, new DenseGeometry(2, 1, 1)));

        Assert.Contains("The leaf edges must be 2 to 65 numbers that rise from 0 to at most 2.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ParameterGradient_65Leaves_Throws() =>
        Assert.Throws<ArgumentException>(
            () => KernelSet.For(KernelTier.Reference).Dense.ParameterGradient(new float[16], new float[16], new float[16], [], new int[66], new DenseGeometry(1, 1, 1)));

    [Theory]
    [InlineData(-1, 1, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(1, 1, 0)]
    [InlineData(1, int.MaxValue, 1)]
    public void Forward_GeometryOutOfRange_Throws(int samples, int inputs, int units)
    {
        float[] enough = new float[64];

        Assert.Throws<ArgumentException>(
            () => KernelSet.For(KernelSet.BestTier).Dense.Forward(enough, enough, [], enough, new DenseGeometry(samples, inputs, units)));
    }
}
