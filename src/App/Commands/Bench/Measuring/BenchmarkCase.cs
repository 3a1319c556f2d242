using ConvNN.Data;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Networks;
using ConvNN.Training.Options;

namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>A case to measure: a network, its images, and how steps are run.</summary>
/// <param name="Name">Its name in reports.</param>
/// <param name="Network">The network.</param>
/// <param name="Data">The images.</param>
/// <param name="Training">Batch size, optimizer, loss and seed.</param>
/// <param name="Pipeline">Leaves and kernels; the benchmark sets the number of workers.</param>
internal sealed record BenchmarkCase(string Name, Network Network, DatasetPair Data, TrainingOptions Training, PipelineOptions Pipeline)
{
    /// <summary>Weights of a trained network; null for random ones.</summary>
    public AlignedBuffer? Trained { get; init; }

    /// <summary>Weights to begin with, which the caller may change.</summary>
    public AlignedBuffer NewWeights()
    {
        AlignedBuffer weights = Network.Layout.Initialize(Training.Seed);
        Trained?.Span.CopyTo(weights.Span);
        return weights;
    }
}
