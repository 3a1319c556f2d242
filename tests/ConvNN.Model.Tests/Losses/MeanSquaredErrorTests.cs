using ConvNN.Model.Layers;
using ConvNN.Model.Losses;
using ConvNN.Model.Networks;

namespace ConvNN.Model.Tests.Losses;

public class MeanSquaredErrorTests
{
    [Fact]
    public void Evaluate_Outputs_IsTheMeanSquaredDifference()
    {
        float[] gradient = new float[4];

        float loss = new MeanSquaredError(isOfSoftmax: false).Evaluate([0.5f, 2f, 0f, -1f], 1, gradient);

        Assert.Equal((0.25f + 1f + 0f + 1f) / 4, loss);
        FloatBits.AssertEqual([0.25f, 0.5f, 0f, -0.5f], gradient, "gradient");
    }

    [Fact]
    public void Evaluate_Softmax_IsTheBrierScoreOfTheProbabilities()
    {
        double p = 1 / (1 + Math.Exp(-1));

        Assert.Equal((1 - p) * (1 - p), new MeanSquaredError(isOfSoftmax: true).Evaluate([1f, 0f], 0, []), 1e-6);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Evaluate_Gradient_IsTheDefinitionsDifferenceQuotient(bool isOfSoftmax)
    {
        MeanSquaredError loss = new(isOfSoftmax);
        float[] outputs = [1.5f, -2f, 0.25f, 0.75f], gradient = new float[4];
        for (int label = 0; label < 4; label++)
        {
            float value = loss.Evaluate(outputs, label, gradient);

            Assert.Equal(loss.Define([.. outputs.Select(output => (double)output)], label), value, 1e-6);
            Assert.Equal(value, loss.Evaluate(outputs, label, []));
            for (int k = 0; k < 4; k++)
            {
                double[] right = [.. outputs.Select(output => (double)output)], left = [.. right];
                (right[k], left[k]) = (right[k] + 1e-5, left[k] - 1e-5);
                Assert.Equal((loss.Define(right, label) - loss.Define(left, label)) / 2e-5, gradient[k], 1e-6);
            }
        }
    }

    [Fact]
    public void Create_Network_TakesProbabilitiesWhereThereAreSome()
    {
        float[] outputs = [3f, -1f];
        Network plain = Network.Build(Shape.Vector(4), [new DenseOptions { Units = 2 }]);
        Network probable = Network.Build(Shape.Vector(4), [new DenseOptions { Units = 2, Activation = Activation.Softmax }]);

        Assert.Equal((4f + 1f) / 2, new MeanSquaredErrorOptions().Create(plain).Evaluate(outputs, 0, []));
        Assert.InRange(new MeanSquaredErrorOptions().Create(probable).Evaluate(outputs, 0, []), 0, 0.01f);
    }
}
