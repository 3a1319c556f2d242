using ConvNN.Data;
using ConvNN.Model.Networks;
using ConvNN.Training.Options;

namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>A case to measure: a network, its images, and how steps are run.</summary>
/// <param name="Name">Its name in reports.</param>
/// <param name="Network">The network.</param>
/// <param name="Data">The images.</param>
/// <param name="Training">Batch size, optimizer, loss and seed.</param>
/// <param name="Pipeline">Leaves and kernels; the benchmark sets the number of workers.</param>
internal sealed record BenchmarkCase(string Name, Network Network, DatasetPair Data, TrainingOptions Training, PipelineOptions Pipeline);
