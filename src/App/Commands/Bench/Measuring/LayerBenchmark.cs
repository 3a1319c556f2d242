using System.Diagnostics;
using ConvNN.Kernels;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Inspection;
using ConvNN.Model.Samples;
using ConvNN.Training.Pipeline;

namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>Measures the layers of a network one by one, on one core.</summary>
internal sealed class LayerBenchmark
{
    private readonly BenchmarkCase _case;
    private readonly LayerTimer _timer;
    private readonly MiniBatch _batch;
    private readonly AlignedBuffer _weights;
    private readonly List<IReadOnlyList<LayerTiming>> _rounds = [];
    private int _steps = 1;

    /// <summary>Prepares a batch of the case's first images.</summary>
    /// <param name="subject">The case to measure.</param>
    /// <param name="isFused">Whether fused layers replace plain ones.</param>
    public LayerBenchmark(BenchmarkCase subject, bool isFused = true)
    {
        _case = subject;
        KernelSet kernels = KernelSet.For(subject.Pipeline.Kernels ?? KernelSet.BestTier);
        int samples = subject.Training.BatchSize;
        _timer = new LayerTimer(
            subject.Network, subject.Training.Loss.Create(subject.Network), samples, subject.Pipeline.LeavesFor(samples, subject.Network), kernels, isFused);
        _batch = new MiniBatch(subject.Data.Train.Shape, samples, kernels.Tier);
        _batch.Fill(subject.Data.Train, [.. Enumerable.Range(0, samples)]);
        _weights = subject.NewWeights();
    }

    /// <summary>The rounds so far.</summary>
    public IReadOnlyList<IReadOnlyList<LayerTiming>> Rounds => _rounds;

    /// <summary>Warms up, and determines how many steps fill a turn.</summary>
    /// <param name="pace">How long the warm-up and a turn take.</param>
    public void WarmUp(BenchmarkPace pace)
    {
        long began = Stopwatch.GetTimestamp();
        do
        {
            long before = Stopwatch.GetTimestamp();
            Measure(_steps);
            TimeSpan elapsed = Stopwatch.GetElapsedTime(before);
            _steps = (int)Math.Clamp(_steps * (pace.Turn / elapsed), 1, 2.0 * _steps);
        }
        while (Stopwatch.GetElapsedTime(began) < pace.WarmUp);
    }

    /// <summary>Measures for a turn.</summary>
    public void Turn() => _rounds.Add(Measure(_steps));

    /// <summary>The results of the rounds.</summary>
    /// <param name="peak">The multiply-add peak of one core, GFLOP/s.</param>
    public IReadOnlyList<LayerReport> Report(double peak) =>
    [
        .. _rounds[0].Select((layer, l) => new LayerReport(
            layer.Name,
            layer.Type,
            Part(l, timing => timing.Forward, peak)!,
            Part(l, timing => timing.ParameterGradient, peak),
            Part(l, timing => timing.InputGradient, peak))),
    ];

    private LayerPartReport? Part(int layer, Func<LayerTiming, double?> seconds, double peak)
    {
        LayerTiming first = _rounds[0][layer];
        if (seconds(first) is null)
        {
            return null;
        }

        Spread microseconds = Spread.Of(_rounds.Select(round => 1e6 * seconds(round[layer])!.Value));
        double? gflops = first.Operations == 0 || microseconds.Median == 0 ? null : first.Operations / microseconds.Median / 1e3;
        return new LayerPartReport(microseconds, gflops, gflops / peak);
    }

    private IReadOnlyList<LayerTiming> Measure(int steps) => _timer.Measure(
        new SampleRun
        {
            Images = _batch.Images,
            Labels = _batch.Labels,
            Indices = _batch.Indices,
            Weights = _weights.Span,
            IsTraining = true,
            Seed = _case.Training.Seed,
            Epoch = 1,
        },
        steps);
}
