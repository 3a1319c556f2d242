using ConvNN.Kernels.Pooling;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Tests.Pooling;

public class AveragePool2dKernelsTests
{
    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void Kernels_OverlappingWindowsWorkedByHand_GiveMeansAndShareTheirGradients(KernelTier tier)
    {
        Pool2dGeometry geometry = new(1, 1, 2, 3, WindowHeight: 2, WindowWidth: 2, StrideHeight: 1, StrideWidth: 1);

        (float[] y, float[] dx) = Run(tier, geometry, x: [1, 2, 3, 5, 8, 7], dy: [4, 40]);

        BitAssert.Equal([4, 5], y.AsSpan(0, 2), "y");
        BitAssert.Equal([1, 11, 10, 1, 11, 10], dx.AsSpan(0, 6), "dx");
    }

    [Theory]
    [MemberData(nameof(Tiers.Vectors), MemberType = typeof(Tiers))]
    public void Kernels_AnyWindow_HaveTheReferencesBits(KernelTier tier)
    {
        (int, int)[] windows = [(1, 1), (2, 2), (3, 3), (1, 4), (4, 1)], strides = [(1, 1), (2, 2), (3, 1), (1, 5)];
        foreach (int width in new[] { 4, 15, 16, 17, 33, 50 })
        {
            foreach (((int WindowHeight, int WindowWidth), (int Height, int Width)) in windows.SelectMany(_ => strides, (window, stride) => (window, stride)))
            {
                Pool2dGeometry geometry = new(2, 3, 5, width, WindowHeight, WindowWidth, Height, Width);
                float[] x = Tensors.Rows(2, 3 * 5 * width, seed: 1, Content.Mixed), dy = Tensors.Rows(2, geometry.OutputCount, seed: 2, Content.Mixed);
                (float[] y, float[] dx) expected = Run(KernelTier.Reference, geometry, x, dy), actual = Run(tier, geometry, x, dy);

                BitAssert.Equal(expected.y, actual.y, $"{tier}, {geometry}, y");
                BitAssert.Equal(expected.dx, actual.dx, $"{tier}, {geometry}, dx");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void GlobalForward_AnySize_IsTheMeanInTheOrderOfTheLanes(KernelTier tier)
    {
        foreach (int positions in new[] { 1, 15, 16, 17, 49, 100 })
        {
            float[] x = Tensors.Values(3 * positions, seed: positions), y = new float[3], expected = new float[3];
            KernelSet.For(tier).AveragePool2d.GlobalForward(x, y);
            KernelSet.For(KernelTier.Reference).AveragePool2d.GlobalForward(x, expected);

            BitAssert.Equal(expected, y, $"{tier}, {positions} positions");
            for (int c = 0; c < 3; c++)
            {
                Assert.Equal(x.Skip(c * positions).Take(positions).Average(value => (double)value), y[c], 1e-6);
            }
        }
    }

    [Fact]
    public void GlobalInputGradient_Values_GetTheirShare()
    {
        float[] dx = new float[4];
        AveragePool2dKernels.GlobalInputGradient([2, 6], dx);

        BitAssert.Equal([1, 1, 3, 3], dx, "dx");
    }

    private static (float[] Y, float[] Dx) Run(KernelTier tier, Pool2dGeometry geometry, float[] x, float[] dy)
    {
        AveragePool2dKernels kernels = KernelSet.For(tier).AveragePool2d;
        float[] input = [.. x, .. new float[(geometry.Samples * geometry.InputStride) - x.Length]];
        float[] delta = [.. dy, .. new float[(geometry.Samples * geometry.OutputStride) - dy.Length]];
        float[] y = new float[delta.Length], dx = Tensors.Unassigned(input.Length), scratch = Tensors.Unassigned(geometry.Width);
        kernels.Forward(input, y, scratch, geometry);
        kernels.InputGradient(delta, dx, scratch, geometry);
        return (y, dx);
    }
}
