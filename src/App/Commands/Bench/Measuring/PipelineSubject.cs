using System.Text.Json;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Losses;
using ConvNN.Training;
using ConvNN.Training.Metrics;
using ConvNN.Training.Optimizers;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;
using ConvNN.Training.Pipeline.Dataflow;
using ConvNN.Training.Pipeline.Supervision;
using ConvNN.Training.Progress;
using ConvNN.Training.Schedules;

namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>A pipeline to measure, with its own weights.</summary>
internal sealed class PipelineSubject : IAsyncDisposable
{
    /// <summary>
    /// While it is measured: so small that the weights hardly change, however long a benchmark takes. A fully trained network has subnormal
    /// gradients, which slow the processor down.
    /// </summary>
    public const float LearningRate = 1e-4f;

    // A turn has at least this many steps, so that its start and end hardly matter; one step is enough if it fills a turn.
    private const int LeastSteps = 4;

    // What a network learns beforehand: from so many images, one epoch of MNIST, or for so many warm-ups.
    private const int MostImages = 60_000;
    private const int LearningTurns = 3;

    // The allocation per step is averaged over this many steps, so that a single extra wake-up hardly matters.
    private const int FewSteps = 50;
    private const int EnoughSteps = 1000;

    private readonly TrainingPipeline _pipeline;
    private readonly Lazy<TrainingPipeline> _evaluation;
    private readonly AlignedBuffer _weights;
    private readonly BenchmarkCase _case;
    private readonly int[] _order;
    private int _trainingSteps = LeastSteps;
    private int _evaluationSteps = LeastSteps;

    /// <summary>Builds the pipeline.</summary>
    /// <param name="subject">The case to measure.</param>
    /// <param name="options">How steps are run, and by how many workers.</param>
    /// <param name="meter">Counts its steps.</param>
    /// <exception cref="Model.Options.ConfigurationException">Network, data and options do not fit.</exception>
    public PipelineSubject(BenchmarkCase subject, PipelineOptions options, TrainingMeter meter)
    {
        OptionRules.Check(subject.Network, subject.Data.Outline, subject.Training, options);
        _case = subject;
        _order = OrderOf(subject);
        _weights = subject.NewWeights();
        Plan = new PipelinePlan(subject.Network, subject.Training, options);
        ILoss loss = subject.Training.Loss.Create(subject.Network);
        IOptimizer optimizer = subject.Training.Optimizer.Create(Plan.Kernels, subject.Network.Layout.TrainedLength);
        _pipeline = Create(options);

        // As in a run: a small step of training uses fewer cores than an evaluation.
        _evaluation = new(() => WorkerCandidates.ForEvaluation(subject.Network, subject.Data.Outline, subject.Training, options, [Plan]) is { } more ? Create(more) : _pipeline);

        TrainingPipeline Create(PipelineOptions chosen) => new(subject.Network, loss, optimizer, _weights, subject.Training, chosen) { Meter = meter };
    }

    /// <summary>The order in which a case's images are trained.</summary>
    public static int[] OrderOf(BenchmarkCase subject)
    {
        int[] order = new int[subject.Data.Train.Count];
        new EpochSampler(order.Length, subject.Training.Seed).Shuffle(epoch: 1, order);
        return order;
    }

    /// <summary>How it divides a step.</summary>
    public PipelinePlan Plan { get; }

    /// <summary>The number of workers.</summary>
    public int Workers => Plan.Workers;

    /// <summary>The number of cores that they use; small steps use fewer.</summary>
    public int Cores => Plan.Threads;

    /// <summary>How gradients are exchanged: <c>own-features</c>.</summary>
    public string Exchange => JsonNamingPolicy.KebabCaseLower.ConvertName($"{Plan.Exchange}");

    /// <summary>
    /// A case with weights that were trained for a while, since speed depends on them: the gradients that ReLU lets through become fewer, and
    /// kernels leave the others out. If training diverges, they stay random.
    /// </summary>
    /// <param name="subject">The case.</param>
    /// <param name="pace">Limits the time.</param>
    /// <param name="meter">Counts the steps.</param>
    /// <param name="cancellationToken">Stops it after the current step.</param>
    public static async Task<BenchmarkCase> TrainedAsync(BenchmarkCase subject, BenchmarkPace pace, TrainingMeter meter, CancellationToken cancellationToken)
    {
        await using PipelineSubject pipeline = new(subject, subject.Pipeline, meter);
        return subject with { Trained = await pipeline.LearnAsync(LearningTurns * pace.WarmUp, cancellationToken) };
    }

    /// <summary>Warms up, and determines how many steps fill a turn.</summary>
    /// <param name="pace">How long the warm-up and a turn take.</param>
    /// <param name="cancellationToken">Stops it after the current step.</param>
    public async Task WarmUpAsync(BenchmarkPace pace, CancellationToken cancellationToken)
    {
        _trainingSteps = await FitAsync(steps => TrainAsync(steps, cancellationToken), pace);
        _evaluationSteps = await FitAsync(steps => EvaluateAsync(steps, cancellationToken), pace);
    }

    /// <summary>Trains for a turn.</summary>
    public Task<PassResult> TrainAsync(CancellationToken cancellationToken) => TrainAsync(_trainingSteps, cancellationToken);

    /// <summary>Trains some steps.</summary>
    public Task<PassResult> TrainAsync(int steps, CancellationToken cancellationToken) => RunAsync(
        new RepeatedBatches(_case.Data.Train, _order, _case.Training.BatchSize, steps, isTraining: true), _ => LearningRate, cancellationToken);

    /// <summary>Evaluates for a turn.</summary>
    public Task<PassResult> EvaluateAsync(CancellationToken cancellationToken) => EvaluateAsync(_evaluationSteps, cancellationToken);

    /// <summary>
    /// The bytes that a warm step allocates. One-time allocations of a pass cancel out in the difference between a long pass
    /// and a short one. Null if a single step fills a turn, since enough steps would take too long.
    /// </summary>
    public async Task<double?> BytesPerStepAsync(CancellationToken cancellationToken)
    {
        if (_trainingSteps == 1)
        {
            return null;
        }

        int steps = Math.Clamp(_trainingSteps, FewSteps, EnoughSteps);
        long few = await AllocatedAsync(LeastSteps, cancellationToken);
        long many = await AllocatedAsync(LeastSteps + steps, cancellationToken);
        return Math.Max(0, (double)(many - few) / steps);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _pipeline.DisposeAsync();
        if (_evaluation.IsValueCreated && _evaluation.Value != _pipeline)
        {
            await _evaluation.Value.DisposeAsync();
        }
    }

    /// <summary>Trains as a run of one epoch of MNIST would, at the rates of the configured schedule.</summary>
    /// <param name="longest">Ends it early.</param>
    /// <param name="cancellationToken">Stops it after the current step.</param>
    /// <returns>The weights; null if training diverges.</returns>
    private async Task<AlignedBuffer?> LearnAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        TrainingOptions training = _case.Training;
        int all = Math.Max(1, MostImages / training.BatchSize), done = 0, pass = 0;
        LearningRatePlan rates = new(training.LearningRate, training.Schedule, all, epochs: 1, training.Accumulate);
        TimeSpan elapsed = TimeSpan.Zero;
        try
        {
            while (done < all && elapsed < longest)
            {
                // Each pass is an epoch of its own, with other dropout, and at first a short one.
                int steps = Math.Min(Math.Max(1, done), Math.Min(all - done, Math.Max(1, _order.Length / training.BatchSize)));
                RepeatedBatches batches = new(_case.Data.Train, _order, training.BatchSize, steps, isTraining: true) { Epoch = ++pass };
                elapsed += (await RunAsync(batches, step => (float)rates.RateAt(step), cancellationToken)).Elapsed;
                done += steps;
            }
        }
        catch (DivergenceException)
        {
            return null;
        }

        return _weights;
    }

    private static async Task<int> FitAsync(Func<int, Task<PassResult>> run, BenchmarkPace pace)
    {
        int steps = 1;
        TimeSpan warm = TimeSpan.Zero;
        while (true)
        {
            PassResult pass = await run(steps);
            warm += pass.Elapsed;
            double fitting = Math.Min(steps * (pace.Turn / pass.Elapsed), 1e6);
            fitting = fitting < 1 ? 1 : Math.Max(fitting, LeastSteps);
            if (warm >= pace.WarmUp)
            {
                return (int)fitting;
            }

            steps = (int)Math.Min(2.0 * steps, fitting);
        }
    }

    private Task<PassResult> EvaluateAsync(int steps, CancellationToken cancellationToken) => RunAsync(
        new RepeatedBatches(_case.Data.Train, _order, _evaluation.Value.EvaluationBatch, steps, isTraining: false), _ => LearningRate, cancellationToken);

    private async Task<PassResult> RunAsync(RepeatedBatches batches, Func<long, float> rateAt, CancellationToken cancellationToken)
    {
        PassResult pass = await (batches.IsTraining ? _pipeline : _evaluation.Value).RunAsync(batches, rateAt, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return pass;
    }

    private async Task<long> AllocatedAsync(int steps, CancellationToken cancellationToken)
    {
        long before = GC.GetTotalAllocatedBytes(precise: true);
        await TrainAsync(steps, cancellationToken);
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }
}
