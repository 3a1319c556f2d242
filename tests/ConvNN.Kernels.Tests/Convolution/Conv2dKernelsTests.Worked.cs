using ConvNN.Kernels.Convolution;
using ConvNN.Kernels.Tests.Sums;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Tests.Convolution;

/// <content>Sums that are worked by hand, and their zeros.</content>
public partial class Conv2dKernelsTests
{
    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void Forward_ThreeByThreeWorkedByHand_GivesItsNumbers(KernelTier tier)
    {
        (float[] y, float[] dx, float[] dw, float[] db) = Run(
            tier,
            new Conv2dGeometry { Samples = 1, Channels = 1, Height = 3, Width = 3, Filters = 1, KernelHeight = 2, KernelWidth = 2 },
            x: [1, 2, 3, 4, 5, 6, 7, 8, 9],
            w: [1, 0, -1, 2],
            b: [0.5f],
            dy: [1, 2, 3, 4]);

        BitAssert.Equal([7.5f, 9.5f, 13.5f, 15.5f], y, $"{tier}, y");          // 1·1 − 4 + 2·5 + 0.5, …
        BitAssert.Equal([1, 2, 0, 2, 4, 4, -3, 2, 8], dx, $"{tier}, dx");
        BitAssert.Equal([37, 47, 67, 77], dw, $"{tier}, dw");                  // 1·1 + 2·2 + 3·4 + 4·5, …
        BitAssert.Equal([10], db, $"{tier}, db");
    }

    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void Forward_PaddedTwoByTwoWorkedByHand_GivesItsNumbers(KernelTier tier)
    {
        (float[] y, float[] dx, float[] dw, float[] db) = Run(
            tier,
            new Conv2dGeometry
            {
                Samples = 1,
                Channels = 1,
                Height = 2,
                Width = 2,
                Filters = 1,
                KernelHeight = 3,
                KernelWidth = 3,
                PaddingHeight = 1,
                PaddingWidth = 1,
            },
            x: [1, 2, 3, 4],
            w: [1, 2, 3, 4, 5, 6, 7, 8, 9],
            b: [],
            dy: [1, 10, 100, 1000]);

        BitAssert.Equal([77, 67, 47, 37], y, $"{tier}, y");                    // 1·5 + 2·6 + 3·8 + 4·9, …
        BitAssert.Equal([5 + 40 + 200 + 1000, 6 + 50 + 300 + 2000, 8 + 70 + 500 + 4000, 9 + 80 + 600 + 5000], dx, $"{tier}, dx");
        BitAssert.Equal(
            [1000, 100 + 2000, 200, 10 + 3000, 1 + 20 + 300 + 4000, 2 + 400, 30, 3 + 40, 4],
            dw,
            $"{tier}, dw");
        BitAssert.Equal([], db, $"{tier}, db");
    }

    /// <summary>Two channels and two filters of 1×1 over a stride of 2: the last row and column meet no window.</summary>
    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void Forward_StrideThatDropsTheEdgeWorkedByHand_GivesItsNumbers(KernelTier tier)
    {
        (float[] y, float[] dx, float[] dw, float[] db) = Run(
            tier,
            new Conv2dGeometry
            {
                Samples = 1,
                Channels = 2,
                Height = 2,
                Width = 4,
                Filters = 2,
                KernelHeight = 1,
                KernelWidth = 1,
                StrideHeight = 2,
                StrideWidth = 2,
            },
            x: [1, 2, 3, 4, 0, 0, 0, 0, 5, 6, 7, 8, 0, 0, 0, 0],
            w: [1, 10, 2, -1],
            b: [0, 100],
            dy: [1, 2, 3, 4]);

        BitAssert.Equal([51, 73, 97, 99], y, $"{tier}, y");                    // 1 + 10·5, 3 + 10·7, 2 − 5 + 100, 6 − 7 + 100
        BitAssert.Equal([7, 0, 10, 0, 0, 0, 0, 0, 7, 0, 16, 0, 0, 0, 0, 0], dx, $"{tier}, dx");
        BitAssert.Equal([7, 19, 15, 43], dw, $"{tier}, dw");                   // 1·1 + 2·3, 1·5 + 2·7, 3·1 + 4·3, 3·5 + 4·7
        BitAssert.Equal([3, 7], db, $"{tier}, db");
    }

    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void Sums_ProductsThatUnderflow_HaveNoNegativeZero(KernelTier tier)
    {
        foreach (int width in new[] { 1, 4, 9, 17 })
        {
            Conv2dProblem problem = new(Padded with { Width = width, Channels = 1, Filters = 1 }, seed: width, Content.Tiny, bias: false);
            BitAssert.HasNoNegativeZero(problem.Forward(tier), $"{tier}, y, width {width}");
            BitAssert.HasNoNegativeZero(problem.InputGradient(tier), $"{tier}, dx, width {width}");
            BitAssert.HasNoNegativeZero(problem.ParameterGradient(tier, LeafEdges.Of(5, 8)), $"{tier}, dw, width {width}");
        }
    }

    /// <summary>The product 1e−30 · −1e−30 rounds to −0; without the leaf's last <c>+ 0f</c> it would be the sum.</summary>
    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void Sums_OneProductThatUnderflowsBelowZero_ArePositiveZero(KernelTier tier)
    {
        foreach (int width in new[] { 1, 4, 8, 16 })
        {
            float[] small = new float[width], zeros = new float[width];
            small[0] = 1e-30f;
            (float[] y, float[] dx, float[] dw, _) = Run(
                tier,
                new Conv2dGeometry { Samples = 1, Channels = 1, Height = 1, Width = width, Filters = 1, KernelHeight = 1, KernelWidth = 1 },
                x: small,
                w: [-1e-30f],
                b: [-0f],
                dy: small);

            BitAssert.Equal(zeros, y, $"{tier}, y, width {width}");
            BitAssert.Equal(zeros, dx, $"{tier}, dx, width {width}");
            BitAssert.HasNoNegativeZero(dw, $"{tier}, dw, width {width}");
        }
    }
}
