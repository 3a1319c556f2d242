using ConvNN.Kernels;
using ConvNN.Training.Metrics;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;
using ConvNN.Training.Progress;

namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>Measures a network at a batch size: training and evaluation by number of workers, both exchanges, and its layers.</summary>
internal static class NetworkBenchmark
{
    /// <summary>
    /// Measures. In each round, the peak, every number of workers and the layers take turns, so that ratios compare
    /// measurements made at nearly the same time.
    /// </summary>
    /// <param name="subject">The case to measure.</param>
    /// <param name="workers">The numbers of workers; the one that <c>--workers auto</c> chooses is added.</param>
    /// <param name="pace">How long to measure.</param>
    /// <param name="meter">Counts the steps.</param>
    /// <param name="cores">Takes part in the rounds, to predict other numbers of cores from one worker, which must be among the numbers; null for no predictions.</param>
    /// <param name="cancellationToken">Stops it after the current step.</param>
    /// <exception cref="Model.Options.ConfigurationException">Network, data and options do not fit.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static async Task<NetworkReport> RunAsync(
        BenchmarkCase subject, IReadOnlyList<int> workers, BenchmarkPace pace, TrainingMeter meter, CoresBenchmark? cores = null, CancellationToken cancellationToken = default)
    {
        int auto = new PipelinePlan(subject.Network, subject.Training, subject.Pipeline with { Workers = null }).Workers;
        List<Variant> variants = [];
        Variant? other = null;
        try
        {
            foreach (int count in workers.Append(auto).Distinct().Order())
            {
                Variant variant = new(new PipelineSubject(subject, subject.Pipeline with { Workers = count }, meter));
                variants.Add(variant);
                await variant.Pipeline.WarmUpAsync(pace, cancellationToken);
            }

            if (Other(subject, auto) is { } options)
            {
                other = new Variant(new PipelineSubject(subject, options, meter));
                await other.Pipeline.WarmUpAsync(pace, cancellationToken);
            }

            LayerBenchmark layers = new(subject);
            layers.WarmUp(pace);
            cores?.WarmUp(pace);
            Dictionary<int, List<double>> peaks = variants.Select(variant => variant.Pipeline.Cores).Append(1).Distinct().ToDictionary(count => count, _ => new List<double>());
            for (int round = 0; round < pace.Rounds; round++)
            {
                foreach ((int count, List<double> rates) in peaks)
                {
                    rates.Add(MultiplyAddPeak.Measure(KernelSet.BestTier, count, pace.Turn / 10));
                }

                foreach (Variant variant in variants)
                {
                    variant.Training.Add(await variant.Pipeline.TrainAsync(cancellationToken));
                    if (variant.Pipeline.Workers == auto && other is not null)
                    {
                        other.Training.Add(await other.Pipeline.TrainAsync(cancellationToken));
                    }

                    variant.Evaluation.Add(await variant.Pipeline.EvaluateAsync(cancellationToken));
                }

                layers.Turn();
                cores?.Turn(pace);
            }

            foreach (Variant variant in variants)
            {
                variant.BytesPerStep = await variant.Pipeline.BytesPerStepAsync(cancellationToken);
            }

            Variant one = variants[0];
            return Report(subject, auto, variants, other, peaks.ToDictionary(peak => peak.Key, peak => Spread.Of(peak.Value)), layers) with
            {
                Cores = cores?.Report(one.ImagesPerSecond.Median, one.EvaluatedImagesPerSecond.Median),
            };
        }
        finally
        {
            foreach (Variant variant in other is null ? variants : variants.Append(other))
            {
                await variant.Pipeline.DisposeAsync();
            }
        }
    }

    /// <summary>The options for the exchange that is not chosen; null if it cannot run.</summary>
    private static PipelineOptions? Other(BenchmarkCase subject, int workers)
    {
        PipelinePlan plan = new(subject.Network, subject.Training, subject.Pipeline);
        ExchangeKind other = plan.Exchange == ExchangeKind.OwnFeatures ? ExchangeKind.FullGradients : ExchangeKind.OwnFeatures;
        return other == ExchangeKind.OwnFeatures && PipelinePlan.RefusalOfOwnFeatures(subject.Training, subject.Pipeline) is not null
            ? null
            : subject.Pipeline with { Workers = workers, Exchange = other };
    }

    private static ExchangesReport Exchanges(Variant chosen, Variant? other)
    {
        if (other is null)
        {
            return new ExchangesReport(chosen.Pipeline.Workers, null, chosen.ImagesPerSecond, null);
        }

        (Variant owned, Variant full) = chosen.Pipeline.Plan.Exchange == ExchangeKind.OwnFeatures ? (chosen, other) : (other, chosen);
        return new ExchangesReport(chosen.Pipeline.Workers, owned.ImagesPerSecond, full.ImagesPerSecond, owned.RatioTo(full))
        {
            Division = owned.Pipeline.Plan.Division.ToString(),
        };
    }

    private static NetworkReport Report(BenchmarkCase subject, int auto, List<Variant> variants, Variant? other, Dictionary<int, Spread> peaks, LayerBenchmark layers)
    {
        Variant? one = variants.FirstOrDefault(variant => variant.Pipeline.Workers == 1);
        Variant chosen = variants.First(variant => variant.Pipeline.Workers == auto);
        Variant fastest = variants.MaxBy(variant => variant.ImagesPerSecond.Median)!;
        return new NetworkReport(
            subject.Name,
            subject.Training.BatchSize,
            subject.Network.Layout.ParameterCount,
            subject.Network.TrainingOperations,
            [.. variants.Select(variant => Report(subject, variant, one, variant == chosen, peaks[variant.Pipeline.Cores]))],
            new AutoReport(auto, fastest.Pipeline.Workers, chosen.RatioTo(fastest)),
            Exchanges(chosen, other),
            layers.Report(peaks[1].Median));
    }

    private static WorkersReport Report(BenchmarkCase subject, Variant variant, Variant? one, bool isAuto, Spread peak)
    {
        Spread imagesPerSecond = variant.ImagesPerSecond;
        return new WorkersReport(
            variant.Pipeline.Workers,
            isAuto,
            variant.Pipeline.Cores,
            variant.Pipeline.Exchange,
            imagesPerSecond,
            one is null ? null : variant.RatioTo(one),
            imagesPerSecond.Median * subject.Network.TrainingOperations / 1e9,
            peak,
            1e6 * subject.Training.BatchSize / imagesPerSecond.Median,
            variant.BytesPerStep,
            variant.EvaluatedImagesPerSecond,
            variant.Training.First(pass => pass.ImagesPerSecond == imagesPerSecond.Median).Loads);
    }

    /// <summary>A number of workers, and the results of its turns.</summary>
    private sealed class Variant(PipelineSubject pipeline)
    {
        public PipelineSubject Pipeline { get; } = pipeline;

        public List<PassResult> Training { get; } = [];

        public List<PassResult> Evaluation { get; } = [];

        public double? BytesPerStep { get; set; }

        public Spread ImagesPerSecond => Spread.Of(Training.Select(pass => pass.ImagesPerSecond));

        public Spread EvaluatedImagesPerSecond => Spread.Of(Evaluation.Select(pass => pass.ImagesPerSecond));

        /// <summary>The median over the rounds of its images/s divided by those of another.</summary>
        public double RatioTo(Variant other) =>
            Spread.Of(Training.Zip(other.Training, (mine, its) => mine.ImagesPerSecond / its.ImagesPerSecond)).Median;
    }
}
