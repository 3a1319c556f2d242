using ConvNN.Kernels;
using ConvNN.Training.Optimizers;

namespace ConvNN.Training.Options;

/// <summary>Puts a run's optimizer together: what changes the weights, and around it clipping, the moving average and accumulation.</summary>
internal static class OptimizerStack
{
    /// <summary>Creates it.</summary>
    /// <param name="training">What is wanted.</param>
    /// <param name="kernels">The kernels of the run.</param>
    /// <param name="weights">The trained part of the weights, as it is at first.</param>
    /// <param name="average">The moving average; null where none is wanted.</param>
    public static IOptimizer Create(TrainingOptions training, KernelSet kernels, ReadOnlySpan<float> weights, out WeightAverage? average)
    {
        IOptimizer optimizer = training.Optimizer.Create(kernels, weights.Length);
        if (training.ClipNorm is not null || training.ClipValue is not null)
        {
            optimizer = new GradientClipping(optimizer, training.ClipNorm, training.ClipValue, kernels, weights.Length);
        }

        average = training.AverageDecay is { } decay ? new WeightAverage(optimizer, kernels, decay, weights) : null;
        optimizer = average ?? optimizer;
        return training.Accumulate > 1 ? new GradientAccumulation(optimizer, training.Accumulate, kernels, weights.Length) : optimizer;
    }
}
