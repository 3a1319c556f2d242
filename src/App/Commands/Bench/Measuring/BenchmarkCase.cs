using ConvNN.Data;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Networks;
using ConvNN.Training.Metrics;
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
    // How long a network learns at most, in warm-ups.
    private const int LearningTurns = 3;

    // Weights of a trained network; null for random ones.
    private AlignedBuffer? Trained { get; init; }

    /// <summary>Weights to begin with, which the caller may change.</summary>
    public AlignedBuffer NewWeights()
    {
        AlignedBuffer weights = Network.Layout.Initialize(Training.Seed);
        Trained?.Span.CopyTo(weights.Span);
        return weights;
    }

    /// <summary>
    /// The case with weights that were trained for a while, since speed depends on them: the gradients that ReLU lets through become fewer, and
    /// kernels leave the others out. If training diverges, they stay random.
    /// </summary>
    /// <param name="pace">Limits the time.</param>
    /// <param name="meter">Counts the steps.</param>
    /// <param name="cancellationToken">Stops it after the current step.</param>
    public async Task<BenchmarkCase> TrainedAsync(BenchmarkPace pace, TrainingMeter meter, CancellationToken cancellationToken)
    {
        await using PipelineSubject pipeline = new(this, Pipeline, meter);
        return this with { Trained = await pipeline.LearnAsync(LearningTurns * pace.WarmUp, cancellationToken) };
    }
}
