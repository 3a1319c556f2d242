using ConvNN.Kernels;
using ConvNN.Kernels.Vectors;
using ConvNN.Training.Optimizers;
using ConvNN.Training.Options;

namespace ConvNN.Training.Tests.Optimizers;

public class GradientClippingTests
{
    private static readonly KernelSet Kernels = KernelSet.For(KernelSet.BestTier);

    [Fact]
    public void Step_LongGradient_IsScaledToTheNorm()
    {
        float[] gradient = [3f, 0f, -4f];

        gradient = Clipped(gradient, new TrainingOptions { ClipNorm = 1 }, Kernels);

        Assert.Equal([0.6f, 0f, -0.8f], gradient, (expected, actual) => Math.Abs(expected - actual) < 1e-6f);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(5.1, null)]
    [InlineData(null, 4.0)]
    public void Step_GradientWithinTheLimits_StaysAsItIs(double? norm, double? value)
    {
        float[] gradient = [3f, 0f, -4f];

        gradient = Clipped(gradient, new TrainingOptions { ClipNorm = norm, ClipValue = value }, Kernels);

        Assert.Equal([3f, 0f, -4f], gradient);
    }

    [Fact]
    public void Step_ValuesAndNorm_LimitsValuesFirst()
    {
        float[] gradient = [30f, 0f, -1.5f];

        gradient = Clipped(gradient, new TrainingOptions { ClipNorm = 1.25, ClipValue = 2 }, Kernels);

        Assert.Equal([1f, 0f, -0.75f], gradient, (expected, actual) => Math.Abs(expected - actual) < 1e-6f);
    }

    [Fact]
    public void Step_EveryTier_GivesTheSameBits()
    {
        Random random = new(1);
        float[] gradient = [.. Enumerable.Range(0, 10_001).Select(_ => (2 * random.NextSingle()) - 1)];
        TrainingOptions training = new() { ClipNorm = 3, ClipValue = 0.9 };
        float[] expected = Clipped(gradient, training, KernelSet.For(KernelTier.Reference));
        foreach (KernelTier tier in Enum.GetValues<KernelTier>())
        {
            float[] actual = Clipped(gradient, training, KernelSet.For(tier));
            Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), actual.Select(BitConverter.SingleToInt32Bits));
        }
    }

    [Fact]
    public void Step_SliceOfAGradientWhoseNormIsLimited_IsRefused()
    {
        GradientClipping clipping = new(new Sgd(Kernels), norm: 1, value: null, Kernels, length: 4);

        Assert.Throws<InvalidOperationException>(() => clipping.Step(new float[2], new float[2], start: 0, learningRate: 1, step: 1));
        new GradientClipping(new Sgd(Kernels), norm: null, value: 1, Kernels, length: 4).Step(new float[2], new float[2], start: 2, learningRate: 1, step: 1);
    }

    /// <summary>What an optimizer gets to see: with weights of 0 and a rate of −1 plain descent leaves the gradient.</summary>
    private static float[] Clipped(float[] gradient, TrainingOptions training, KernelSet kernels)
    {
        float[] weights = new float[gradient.Length];
        new GradientClipping(new Sgd(kernels), training.ClipNorm, training.ClipValue, kernels, gradient.Length).Step(weights, gradient, start: 0, learningRate: -1, step: 1);
        return weights;
    }
}
