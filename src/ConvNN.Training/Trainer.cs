using System.Diagnostics;
using System.Threading.Channels;
using ConvNN.Data;
using ConvNN.Kernels;
using ConvNN.Model;
using ConvNN.Model.Losses;
using ConvNN.Model.Options;
using ConvNN.Training.Events;
using ConvNN.Training.Metrics;
using ConvNN.Training.Optimizers;
using ConvNN.Training.Pipeline;

namespace ConvNN.Training;

/// <summary>Trains a network: epochs of steps through the pipeline, each followed by an evaluation on the test part.</summary>
public sealed class Trainer
{
    // A reader that is a few events behind loses the oldest.
    private const int EventCapacity = 256;

    private readonly Network _network;
    private readonly DatasetPair _data;
    private readonly TrainingOptions _training;
    private readonly PipelineOptions _pipeline;
    private readonly ILoss _loss;
    private readonly IOptimizer _optimizer;
    private readonly Channel<TrainingEvent> _events = Channel.CreateBounded<TrainingEvent>(
        new BoundedChannelOptions(EventCapacity) { FullMode = BoundedChannelFullMode.DropOldest });

    private readonly TimeSpan _progressInterval = TimeSpan.FromSeconds(10);
    private bool _hasRun;

    /// <summary>Prepares a run, with the weights as the seed has them.</summary>
    /// <param name="network">The network.</param>
    /// <param name="data">The data.</param>
    /// <param name="training">What is learnt.</param>
    /// <param name="pipeline">How the work is done.</param>
    /// <exception cref="ConfigurationException">Options are out of range, or network and data do not fit; all failures at once.</exception>
    public Trainer(Network network, DatasetPair data, TrainingOptions training, PipelineOptions pipeline)
    {
        OptionRules.Check(network, data.Outline, training, pipeline);
        _network = network;
        _data = data;
        _training = training;
        _pipeline = pipeline;
        _loss = training.Loss.Create(network);
        _optimizer = training.Optimizer.Create(KernelSet.For(pipeline.Kernels ?? KernelSet.BestTier), network.Layout.TrainedLength);
        Weights = network.Layout.Initialize(training.Seed);
    }

    /// <summary>The weights, in the network's layout; they change while a run goes on.</summary>
    public AlignedBuffer Weights { get; }

    /// <summary>What happens, for a log or a display. Nobody has to read it.</summary>
    public ChannelReader<TrainingEvent> Events => _events.Reader;

    /// <summary>Time between two <see cref="StepProgress"/> events; 10 s unless said otherwise.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The interval is not above 0.</exception>
    public TimeSpan ProgressInterval
    {
        get => _progressInterval;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            _progressInterval = value;
        }
    }

    /// <summary>Measures the run.</summary>
    public TrainingMeter Meter { get; init; } = TrainingMeter.Shared;

    /// <summary>Shown the steps that it wants to see; null for nobody.</summary>
    public IStepObserver? Observer { get; init; }

    /// <summary>Runs all epochs. Once: a trainer is a run.</summary>
    /// <param name="onEpoch">Called after each epoch, before the next begins: for what must not be lost, unlike an event.</param>
    /// <param name="cancellationToken">Stops the run when the step in hand is finished; the result says so.</param>
    /// <exception cref="InvalidOperationException">The trainer has run before.</exception>
    /// <exception cref="PipelineException">A block of the pipeline failed.</exception>
    /// <exception cref="StallException">The pipeline stood still.</exception>
    /// <exception cref="DivergenceException">A loss or a gradient is not finite.</exception>
    public async Task<TrainingResult> RunAsync(Func<EpochResult, Task>? onEpoch = null, CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _hasRun, true))
        {
            throw new InvalidOperationException("This trainer has run; its weights are no longer those of the seed. Make a new one.");
        }

        List<EpochResult> epochs = [];
        try
        {
            await using TrainingPipeline pipeline = new(_network, _loss, _optimizer, Weights, _training, _pipeline, Observer) { Meter = Meter };
            for (int epoch = 1; epoch <= _training.Epochs && !cancellationToken.IsCancellationRequested; epoch++)
            {
                if (await RunEpochAsync(pipeline, epoch, cancellationToken) is not { } result)
                {
                    break;
                }

                epochs.Add(result);
                if (onEpoch is not null)
                {
                    await onEpoch(result);
                }

                // Behind what keeps it: an epoch that is told of is not lost.
                _events.Writer.TryWrite(result);
            }

            return new TrainingResult(epochs, epochs.Count < _training.Epochs, _network.Layout.Hash(Weights.Span));
        }
        finally
        {
            _events.Writer.TryComplete();
        }
    }

    private async Task<EpochResult?> RunEpochAsync(TrainingPipeline pipeline, int epoch, CancellationToken cancellationToken)
    {
        BatchSource source = BatchSource.Training(_data.Train, _training.Seed, epoch, _training.BatchSize);
        using CancellationTokenSource reporting = new();
        Task report = ReportAsync(pipeline, epoch, reporting.Token);
        PassResult training;
        try
        {
            training = await pipeline.RunAsync(source, (float)_training.LearningRate, cancellationToken);
        }
        finally
        {
            await reporting.CancelAsync();
            await report;
        }

        if (!training.IsComplete)
        {
            return null;
        }

        BatchSource evaluation = BatchSource.Evaluation(_data.Test, epoch, pipeline.EvaluationBatch);
        PassResult test = await pipeline.RunAsync(evaluation, learningRate: 0, cancellationToken);
        return test.IsComplete
            ? new EpochResult(epoch, _data.Name, _training.LearningRate, training, test, _network.Layout.Hash(Weights.Span))
            : null;
    }

    private async Task ReportAsync(TrainingPipeline pipeline, int epoch, CancellationToken cancellationToken)
    {
        long steps = (_data.Train.Count + _training.BatchSize - 1) / _training.BatchSize;
        PassProgress progress = pipeline.Progress;
        int before = 0;
        long begin = Stopwatch.GetTimestamp();
        long time = begin;
        using PeriodicTimer timer = new(ProgressInterval);
        while (await NextTickAsync(timer, cancellationToken))
        {
            int samples = progress.Samples;
            double seconds = Stopwatch.GetElapsedTime(time).TotalSeconds;
            _events.Writer.TryWrite(new StepProgress(
                epoch,
                progress.Steps,
                steps,
                samples,
                samples == 0 ? 0 : progress.LossSum / samples,
                samples == 0 ? 0 : (double)progress.Correct / samples,
                (samples - before) / seconds,
                pipeline.Loads())
            { Elapsed = Stopwatch.GetElapsedTime(begin) });
            before = samples;
            time = Stopwatch.GetTimestamp();
        }
    }

    private static async Task<bool> NextTickAsync(PeriodicTimer timer, CancellationToken cancellationToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
