using ConvNN.Training.Metrics;
using ConvNN.Training.Options;
using ConvNN.Training.Progress;

namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>
/// Measures the overhead of handing over a step between blocks and threads, with almost nothing to compute, for each
/// exchange.
/// </summary>
internal static class HandOffBenchmark
{
    // One image per leaf, so that up to eight workers take part.
    private const int BatchSize = 8;

    /// <summary>Measures it for several numbers of workers.</summary>
    /// <param name="workers">The numbers of workers.</param>
    /// <param name="pace">How long to measure.</param>
    /// <param name="meter">Counts the steps.</param>
    /// <param name="cancellationToken">Stops it after the current step.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static async Task<IReadOnlyList<HandOffReport>> RunAsync(
        IReadOnlyList<int> workers, BenchmarkPace pace, TrainingMeter meter, CancellationToken cancellationToken = default)
    {
        BenchmarkCase empty = BenchmarkNetworks.Empty(BatchSize);
        List<(PipelineSubject Pipeline, List<double> Times)> subjects = [];
        try
        {
            foreach (ExchangeKind exchange in (ExchangeKind[])[ExchangeKind.OwnFeatures, ExchangeKind.FullGradients])
            {
                foreach (int count in workers)
                {
                    // A run would give such a small step to one core; here the other cores must take part.
                    PipelineOptions options = new() { Workers = count, Threads = Math.Min(count, Environment.ProcessorCount), Exchange = exchange };
                    subjects.Add((new PipelineSubject(empty, options, meter), []));
                    await subjects[^1].Pipeline.WarmUpAsync(pace, cancellationToken);
                }
            }

            for (int round = 0; round < pace.Rounds; round++)
            {
                foreach ((PipelineSubject pipeline, List<double> times) in subjects)
                {
                    PassResult pass = await pipeline.TrainAsync(cancellationToken);
                    times.Add(1e6 * BatchSize / pass.ImagesPerSecond);
                }
            }

            return [.. subjects.Select(subject => new HandOffReport(
                subject.Pipeline.Exchange, subject.Pipeline.Workers, subject.Pipeline.Cores, Spread.Of(subject.Times)))];
        }
        finally
        {
            foreach ((PipelineSubject pipeline, _) in subjects)
            {
                await pipeline.DisposeAsync();
            }
        }
    }
}
