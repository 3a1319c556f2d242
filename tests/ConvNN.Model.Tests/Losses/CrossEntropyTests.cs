using ConvNN.Kernels.Losses;
using ConvNN.Model.Layers;
using ConvNN.Model.Losses;
using ConvNN.Model.Networks;
using ConvNN.Model.Options;

namespace ConvNN.Model.Tests.Losses;

public class CrossEntropyTests
{
    [Fact]
    public void Create_NetworkThatEndsInSoftmax_IsTheLoss() => Assert.IsType<CrossEntropy>(new CrossEntropyOptions().Create(DefaultNetwork.Build()));

    [Fact]
    public void Create_NetworkWithoutSoftmax_NamesTheLastLayerAndTheRemedy()
    {
        Network network = Network.Build(Shape.Vector(4), [new DenseOptions { Units = 3 }, new ReluOptions { Name = "end" }]);

        Assert.Equal(
            "Training:Loss is cross-entropy, which needs probabilities: give the last layer 'end' the Activation softmax.",
            Assert.Throws<ConfigurationException>(() => new CrossEntropyOptions().Create(network)).Message);
    }

    [Fact]
    public void Evaluate_Outputs_IsTheKernelsLossAndGradient()
    {
        float[] outputs = [1f, -2f, 0.5f], gradient = new float[3], expected = new float[3];

        float loss = new CrossEntropy().Evaluate(outputs, 2, gradient);

        Assert.Equal(SoftmaxKernels.CrossEntropy(outputs, 2, expected), loss);
        FloatBits.AssertEqual(expected, gradient, "gradient");
        Assert.Equal(loss, new CrossEntropy().Evaluate(outputs, 2, []));
    }

    /// <summary>All classes alike: ln 10, to the 1.5 units of rounding that the logarithm (0.82 ulp) may take.</summary>
    [Fact]
    public void Evaluate_EqualOutputs_IsTheLogarithmOfTheClasses() =>
        Assert.Equal(Math.Log(10), new CrossEntropy().Evaluate(new float[10], 4, []), 2.0 / (1 << 22));

    [Theory]
    [InlineData(1.0)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void Create_SmoothingOutOfRange_Throws(double smoothing) =>
        Assert.StartsWith(
            "Training:Loss:LabelSmoothing is ",
            Assert.Throws<ConfigurationException>(() => new CrossEntropyOptions { LabelSmoothing = smoothing }.Create(DefaultNetwork.Build())).Message,
            StringComparison.Ordinal);

    /// <summary>Of two classes and ε = ½ the target is ¾ and ¼.</summary>
    [Fact]
    public void Evaluate_Smoothed_IsTheCrossEntropyOfTheSmoothedTarget()
    {
        float[] gradient = new float[2];
        float loss = new CrossEntropy(0.5f).Evaluate([1f, 0f], 0, gradient);

        double p = 1 / (1 + Math.Exp(-1));
        Assert.Equal((-0.75 * Math.Log(p)) - (0.25 * Math.Log(1 - p)), loss, 1e-6);
        Assert.Equal(p - 0.75, gradient[0], 1e-6);
        Assert.Equal(0.75 - p, gradient[1], 1e-6);
    }

    [Theory]
    [InlineData(0f, 0f, 0f, 0f)]
    [InlineData(1.5f, -2f, 0.25f, 0f)]
    [InlineData(1e30f, -1e30f, 0f, 0f)]
    [InlineData(1.5f, -2f, 0.25f, 0.1f)]
    public void Define_Logits_EqualsEvaluateUpToItsRoundings(float a, float b, float c, float smoothing)
    {
        CrossEntropy loss = new(smoothing);
        for (int label = 0; label < 3; label++)
        {
            double defined = loss.Define([a, b, c], label);

            // A handful of roundings, and those of exponential and logarithm.
            Assert.Equal(defined, loss.Evaluate([a, b, c], label, default), Math.Max(1, defined) * 16 / (1 << 24));
        }
    }
}
