using ConvNN.Training.Metrics;
using ConvNN.Training.Pipeline;

namespace ConvNN.Training.Benchmarking;

/// <summary>Measures what handing a step over takes: from block to block, from thread to thread, with nothing to compute.</summary>
public static class HandOffBenchmark
{
    // One image a leaf, so that up to eight workers take part.
    private const int BatchSize = 8;

    /// <summary>Measures it for several numbers of workers.</summary>
    /// <param name="workers">The numbers of workers.</param>
    /// <param name="pace">How long.</param>
    /// <param name="meter">Counts the steps.</param>
    /// <param name="cancellationToken">Stops it after the step in hand.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static async Task<IReadOnlyList<HandOffReport>> RunAsync(
        IReadOnlyList<int> workers, BenchmarkPace pace, TrainingMeter meter, CancellationToken cancellationToken = default)
    {
        List<(int Workers, List<double> Times)> results = [.. workers.Select(count => (count, new List<double>()))];
        List<PipelineSubject> subjects = [];
        try
        {
            foreach (int count in workers)
            {
                PipelineSubject subject = new(BenchmarkNetworks.Empty(BatchSize), count, meter);
                subjects.Add(subject);
                await subject.WarmUpAsync(pace, cancellationToken);
            }

            for (int round = 0; round < pace.Rounds; round++)
            {
                foreach ((PipelineSubject subject, (int _, List<double> times)) in subjects.Zip(results))
                {
                    PassResult pass = await subject.TrainAsync(cancellationToken);
                    times.Add(1e6 * BatchSize / pass.ImagesPerSecond);
                }
            }
        }
        finally
        {
            foreach (PipelineSubject subject in subjects)
            {
                await subject.DisposeAsync();
            }
        }

        return [.. results.Select(result => new HandOffReport(result.Workers, Spread.Of(result.Times)))];
    }
}
