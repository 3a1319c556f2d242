using ConvNN.Data;
using ConvNN.Model.Networks;
using ConvNN.Training.Options;

namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>What is measured: a network, its images, and how a step is done.</summary>
/// <param name="Name">What reports call it.</param>
/// <param name="Network">The network.</param>
/// <param name="Data">The images.</param>
/// <param name="Training">Batch size, optimizer, loss and seed.</param>
/// <param name="Pipeline">Leaves and kernels; the number of workers is the benchmark's.</param>
internal sealed record BenchmarkCase(string Name, Network Network, DatasetPair Data, TrainingOptions Training, PipelineOptions Pipeline);
