using ConvNN.Kernels;
using ConvNN.Training.Optimizers;

namespace ConvNN.Training.Tests.Optimizers;

public class WeightAverageTests
{
    private static readonly KernelSet Kernels = KernelSet.For(KernelSet.BestTier);

    [Fact]
    public void Step_ConstantWeights_ReachesThemAndForgetsTheStart()
    {
        // The optimizer adds 1 in the first step and nothing later: with (1 + t) / (10 + t) ≤ 0.9 each step takes a tenth or more.
        WeightAverage average = new(new Sgd(Kernels), Kernels, decay: 0.9, [0f, 0f, 0f]);
        float[] weights = new float[3];
        average.Step(weights, [-1f, -1f, -1f], start: 0, learningRate: 1, step: 1);
        Assert.Equal([9f / 11, 9f / 11, 9f / 11], average.Average.Span.ToArray(), (expected, actual) => Math.Abs(expected - actual) < 1e-6f);

        for (int step = 2; step <= 200; step++)
        {
            average.Step(weights, new float[3], start: 0, learningRate: 1, step);
        }

        Assert.Equal([1f, 1f, 1f], average.Average.Span.ToArray(), (expected, actual) => Math.Abs(expected - actual) < 1e-5f);
        Assert.Equal(["average"], average.State.Keys);
    }

    [Fact]
    public void Accumulation_ThreeBatches_AreOneStepWithTheirMean()
    {
        AdamOptions adam = new();
        IOptimizer one = adam.Create(Kernels, 2);
        GradientAccumulation accumulation = new(adam.Create(Kernels, 2), batches: 3, Kernels, length: 2);
        (float[] expected, float[] actual) = ([1f, 2f], [1f, 2f]);
        for (int step = 1; step <= 2; step++)
        {
            one.Step(expected, [0.5f, -1f], start: 0, learningRate: 0.1f, step);
            foreach (float[] gradient in new float[][] { [0.25f, -3f], [0.5f, 0f], [0.75f, 0f] })
            {
                accumulation.Step(actual, gradient, start: 0, learningRate: 0.1f, step: (3 * (step - 1)) + 1 + Array.IndexOf([0.25f, 0.5f, 0.75f], gradient[0]));
            }
        }

        Assert.Equal(expected, actual, (left, right) => Math.Abs(left - right) < 1e-6f);
        Assert.Equal(["accumulated", "exp_avg", "exp_avg_sq"], accumulation.State.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([0f, 0f], accumulation.State["accumulated"].Span.ToArray());
    }
}
