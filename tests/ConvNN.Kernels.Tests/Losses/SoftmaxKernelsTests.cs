using ConvNN.Kernels.Losses;

namespace ConvNN.Kernels.Tests.Losses;

public class SoftmaxKernelsTests
{
    private const double Unit = 1.0 / (1 << 24);

    // Elementary.Exp and Log are within 1 ulp, which is at most 2 units of rounding.
    private const int ElementaryRoundings = 2;

    public static TheoryData<int> ClassCounts { get; } = [1, 2, 3, 10, 17, 100];

    [Theory]
    [MemberData(nameof(ClassCounts))]
    public void Forward_RandomLogits_IsWithinItsBoundOfDouble(int classes)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            float[] z = [.. Tensors.Values(classes, seed).Select(value => 10 * value)], p = new float[classes];
            double[] exact = Softmax(z);

            SoftmaxKernels.Forward(z, p);

            for (int k = 0; k < classes; k++)
            {
                RoundingBound.Check(exact[k], RelativeBound(z) * exact[k], p[k], $"p[{k}] of {classes}, seed {seed}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(ClassCounts))]
    public void Forward_AnyLogits_SumsToOne(int classes)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            float[] z = [.. Tensors.Values(classes, seed).Select(value => 30 * value)];

            SoftmaxKernels.Forward(z, z);                       // in place

            // n − 1 additions and a division each; what the exponentials are does not matter.
            Assert.Equal(1.0, z.Sum(value => (double)value), RoundingBound.Gamma(classes));
        }
    }

    [Fact]
    public void Forward_HugeLogits_IsFinite()
    {
        float[] p = new float[4];

        SoftmaxKernels.Forward([1e30f, -1e30f, 1e30f, 0f], p);

        BitAssert.Equal([0.5f, 0f, 0.5f, 0f], p, "p");
        SoftmaxKernels.Forward([float.MaxValue, float.MinValue, 0f, 0f], p);
        BitAssert.Equal([1f, 0f, 0f, 0f], p, "p");
    }

    [Fact]
    public void Forward_ShiftThatIsExact_ChangesNoBits()
    {
        float[] p = new float[3], shifted = new float[3];

        SoftmaxKernels.Forward([1f, 2.5f, -3f], p);
        SoftmaxKernels.Forward([1025f, 1026.5f, 1021f], shifted);

        BitAssert.Equal(p, shifted, "p");
    }

    [Fact]
    public void Forward_NaN_StaysVisible()
    {
        float[] p = new float[3];

        SoftmaxKernels.Forward([1f, float.NaN, 2f], p);

        Assert.All(p, value => Assert.True(float.IsNaN(value)));
    }

    [Fact]
    public void Forward_NoClasses_DoesNothing() => SoftmaxKernels.Forward([], []);

    [Theory]
    [MemberData(nameof(ClassCounts))]
    public void CrossEntropy_RandomLogits_IsWithinItsBoundOfDouble(int classes)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            float[] z = [.. Tensors.Values(classes, seed).Select(value => 10 * value)], dz = new float[classes];
            double[] exact = Softmax(z);
            double largest = z.Max(), log = Math.Log(z.Sum(logit => Math.Exp(logit - largest)));
            int label = seed % classes;

            float loss = SoftmaxKernels.CrossEntropy(z, label, dz);

            // The sum's relative error is the logarithm's absolute one; then the logarithm, z − max and the subtraction round.
            double bound = RelativeBound(z) + (ElementaryRoundings * Unit * log) + (Unit * (largest - z[label])) + (Unit * (log + largest - z[label]));
            RoundingBound.Check(log - (z[label] - largest), bound, loss, $"loss of {classes}, seed {seed}");
            for (int k = 0; k < classes; k++)
            {
                double expected = exact[k] - (k == label ? 1 : 0);
                RoundingBound.Check(expected, (RelativeBound(z) * exact[k]) + (Unit * Math.Abs(expected)) + (Unit * Unit), dz[k], $"dz[{k}] of {classes}, seed {seed}");
            }

            // p sums to 1 within γ_n; subtracting 1 rounds once more.
            Assert.Equal(0.0, dz.Sum(value => (double)value), RoundingBound.Gamma(classes + 1));
        }
    }

    [Theory]
    [MemberData(nameof(ClassCounts))]
    public void CrossEntropy_GradientNotWanted_GivesTheSameLoss(int classes)
    {
        float[] z = Tensors.Values(classes, seed: 3);

        float withGradient = SoftmaxKernels.CrossEntropy(z, classes - 1, new float[classes]);
        float without = SoftmaxKernels.CrossEntropy(z, classes - 1, []);
        float inPlace = SoftmaxKernels.CrossEntropy(z, classes - 1, z);

        BitAssert.Equal([withGradient, withGradient], [without, inPlace], $"{classes} classes");
    }

    [Fact]
    public void CrossEntropy_HugeLogits_IsFinite()
    {
        float[] dz = new float[3];

        float loss = SoftmaxKernels.CrossEntropy([1e30f, -1e30f, 0f], 1, dz);

        Assert.Equal(2e30f, loss);
        BitAssert.Equal([1f, -1f, 0f], dz, "dz");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void CrossEntropy_LabelThatIsNoClass_Throws(int label) =>
        Assert.Throws<ArgumentOutOfRangeException>(nameof(label), () => SoftmaxKernels.CrossEntropy([1, 2, 3], label, []));

    [Fact]
    public void Kernels_LengthsDiffer_ThrowWithBothNamesAndNumbers()
    {
        Assert.StartsWith(
            "z has 3 elements, p has 2; they must be equal.",
            Assert.Throws<ArgumentException>(() => SoftmaxKernels.Forward([1, 2, 3], new float[2])).Message,
            StringComparison.Ordinal);
        Assert.StartsWith(
            "z has 3 elements, dz has 4; they must be equal.",
            Assert.Throws<ArgumentException>(() => SoftmaxKernels.CrossEntropy([1, 2, 3], 0, new float[4])).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 5f)]
    [InlineData(2, 1f, 2f, 3f)]
    [InlineData(1, 1f, 3f, 3f)]
    [InlineData(0, -0f, 0f)]
    [InlineData(0, float.NegativeInfinity, float.NegativeInfinity)]
    [InlineData(2, 1f, float.PositiveInfinity, float.NaN)]
    [InlineData(0, float.NaN, 2f, float.NaN)]
    public void ArgMax_Values_IsTheFirstOfTheLargest(int expected, params float[] z) => Assert.Equal(expected, SoftmaxKernels.ArgMax(z));

    private static double[] Softmax(float[] z)
    {
        double largest = z.Max(), sum = z.Sum(logit => Math.Exp(logit - largest));
        return [.. z.Select(logit => Math.Exp(logit - largest) / sum)];
    }

    /// <summary>Numerator and sum: z − max rounds, which the exponential multiplies by |z − max|, and rounds itself; n additions; a division.</summary>
    private static double RelativeBound(float[] z) =>
        RoundingBound.Gamma((int)Math.Ceiling(2 * (z.Max() - z.Min())) + (2 * ElementaryRoundings) + z.Length + 1);
}
