using System.Threading.Channels;
using ConvNN.Data;
using ConvNN.Formats;
using ConvNN.Kernels;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Losses;
using ConvNN.Model.Networks;
using ConvNN.Model.Options;
using ConvNN.Training.Checkpoints;
using ConvNN.Training.Cluster;
using ConvNN.Training.Inspection;
using ConvNN.Training.Losses;
using ConvNN.Training.Metrics;
using ConvNN.Training.Optimizers;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;
using ConvNN.Training.Pipeline.Dataflow;
using ConvNN.Training.Pipeline.Supervision;
using ConvNN.Training.Pipeline.Tuning;
using ConvNN.Training.Progress;
using ConvNN.Training.Schedules;

namespace ConvNN.Training;

/// <summary>Trains a network: epochs of steps through the pipeline, each followed by an evaluation on the test part.</summary>
public sealed partial class Trainer
{
    // A reader that falls further behind loses the oldest events.
    private const int EventCapacity = 256;

    // An accuracy below this multiple of guessing is not learning; dead layers are a likely reason.
    private const double HardlyBetterThanChance = 1.5;

    private readonly Network _network;
    private readonly DatasetPair _data;
    private readonly TrainingOptions _training;
    private readonly PipelineOptions _pipeline;
    private readonly ILoss _loss;
    private readonly LearningRatePlan _rates;
    private readonly ModelWeights _model;
    private readonly TrainingState _state;
    private readonly EpochInspector _inspector;
    private readonly RankGroup? _ranks;
    private readonly LocalAveraging? _local;

    // Whether this rank can bring all weights together between two steps. Where ranks own features, it has them after an epoch only.
    private readonly bool _hasWholeState;
    private readonly Channel<TrainingEvent> _events = Channel.CreateBounded<TrainingEvent>(
        new BoundedChannelOptions(EventCapacity) { FullMode = BoundedChannelFullMode.DropOldest });

    private readonly TimeSpan _progressInterval = TimeSpan.FromSeconds(10);
    private IOptimizer _optimizer;
    private StepRecorder? _steps;
    private ImageOutcomes? _outcomes;
    private TrainingProgress _progress = TrainingProgress.Begin;
    private long _lastStep = long.MaxValue;
    private bool _hasRun;

    /// <summary>Prepares a run, with the weights as the seed has them.</summary>
    /// <param name="network">The network.</param>
    /// <param name="data">The data.</param>
    /// <param name="training">What is learnt.</param>
    /// <param name="pipeline">How the work is done.</param>
    /// <exception cref="ConfigurationException">Options are out of range, or network and data do not fit; all failures at once.</exception>
    public Trainer(Network network, DatasetPair data, TrainingOptions training, PipelineOptions pipeline)
    {
        pipeline = pipeline.For(data.Outline);
        OptionRules.Check(network, data.Outline, training, pipeline);
        _network = network;
        _data = data;
        _training = training;
        _pipeline = pipeline;
        _hasWholeState = new PipelinePlan(network, training, pipeline) is { Ranks.Count: 1 } or { Exchange: ExchangeKind.FullGradients };
        _loss = training.Loss.Create(network);
        if (ClassWeights.Of(training.ClassWeights, data.Train) is { } weights)
        {
            _loss = new ClassWeightedLoss(_loss, weights);
        }

        _inspector = new EpochInspector(network, data.Train, _loss, training, pipeline);
        Weights = network.Layout.Initialize(training.Seed);
        StepsPerEpoch = (int)(((long)data.Train.Count + training.BatchSize - 1) / training.BatchSize);
        _rates = new LearningRatePlan(training.LearningRate, training.Schedule, StepsPerEpoch, training.Epochs, training.Accumulate);
        KernelSet kernels = KernelSet.For(pipeline.Kernels ?? KernelSet.BestTier);
        _optimizer = OptimizerStack.Create(training, kernels, Weights.Span[..network.Layout.TrainedLength], out WeightAverage? average);
        _model = new ModelWeights(network.Layout, Weights, average, keepsBest: data.Validation is not null);

        // With local steps, a process that trains alone is the only rank.
        _ranks = pipeline.Ranks ?? (training.SharesSteps ? null : new RankGroup(new LoneCommunicator()));
        _local = training.SharesSteps ? null : new LocalAveraging(_ranks!, training, kernels, network.Layout, Weights, _optimizer, StepsPerEpoch);
        IEnumerable<KeyValuePair<string, AlignedBuffer>> state = _local is null ? _optimizer.State : _optimizer.State.Concat(_local.State);
        _state = new TrainingState(Weights, state.ToDictionary(StringComparer.Ordinal), Model == Weights ? null : Model);
    }

    /// <summary>The weights, in the network's layout; they change during a run.</summary>
    public AlignedBuffer Weights { get; }

    /// <summary>
    /// The resulting model, in the network's layout: the weights or their moving average; with a validation part, those of the
    /// best epoch. It is the same buffer for the whole run, and may change until the run has ended.
    /// </summary>
    public AlignedBuffer Model => _model.Buffer;

    /// <summary>What the model is trained on, for its file.</summary>
    public ModelSubject Subject => _data.ToSubject();

    /// <summary>Batches of an epoch.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>The events of the run, for a log or a display. Reading them is optional.</summary>
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

    /// <summary>
    /// Whether layers are inspected after each epoch (<see cref="LayersInspected"/>). Otherwise they are inspected only after
    /// an epoch that was hardly better than guessing. The weights are the same either way.
    /// </summary>
    public bool InspectsLayers { get; init; }

    /// <summary>Whether the prediction for each test image is kept and sent after each epoch (<see cref="TestImagesRead"/>).</summary>
    public bool KeepsPredictions { get; init; }

    /// <summary>Chooses the number of threads from what may be chosen, and the samples of the run; a test forces changes.</summary>
    internal Func<IReadOnlyList<PipelinePlan>, long, IThreadChoice>? Threads { get; init; }

    /// <summary>Takes the run's checkpoints; null for none. Set it before the run.</summary>
    public Checkpointer? Checkpoints { get; set; }

    /// <summary>Continues a run from a checkpoint: its finished epochs are part of the result. Of several ranks, rank 0 alone needs it. Call it before the run; after a failure do not use this trainer again.</summary>
    /// <param name="checkpoint">The checkpoint, of a run of the same network, data and options.</param>
    /// <exception cref="CheckpointException">It has no state, or is of a run with another optimizer or fewer images.</exception>
    /// <exception cref="Formats.SafeTensors.ModelFileException">It is of another network.</exception>
    public void Resume(Checkpoint checkpoint)
    {
        checkpoint.ReadInto(_network, _state);
        _progress = checkpoint.Manifest.Progress;
        if (_progress.Current.Samples > _data.Train.Count)
        {
            throw new CheckpointException(FormattableString.Invariant(
                $"{checkpoint.Folder}: {_progress.Current.Samples:N0} images of the epoch were seen, but there are {_data.Train.Count:N0}; it is from a run with different data."));
        }

        _model.ResumeAt(_progress.Epochs.Count);
    }

    /// <summary>Records the steps of the run whose number <paramref name="every"/> divides. Call it before the run. The weights are the same with and without it.</summary>
    /// <param name="every">1 for all steps, N for each Nth.</param>
    /// <param name="tell">Called between such a step and the next, on a thread of the pipeline; an exception ends the run. The weights may not be read or changed then: threads keep some to themselves until the epoch ends.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    /// <exception cref="InvalidOperationException">The trainer has run before, or records steps already.</exception>
    public void RecordSteps(int every, Action<StepResult> tell)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 1);
        ArgumentNullException.ThrowIfNull(tell);
        if (_hasRun || _steps is not null)
        {
            throw new InvalidOperationException("Steps can be recorded once, and from the beginning of the run.");
        }

        CheckWholeState("recorded steps");
        GradientRecorder gradients = new(_optimizer, every, _network);
        _optimizer = gradients;
        _steps = new StepRecorder(gradients, RateAt, tell);
    }

    /// <summary>Runs all epochs. Once: a trainer is a run.</summary>
    /// <param name="onEpoch">Called after each epoch, before the next begins. Unlike an event it is never dropped.</param>
    /// <param name="cancellationToken">Stops the run after the current step; the result says so.</param>
    /// <exception cref="InvalidOperationException">The trainer has run before.</exception>
    /// <exception cref="PipelineException">A block of the pipeline failed.</exception>
    /// <exception cref="StallException">The pipeline stalled.</exception>
    /// <exception cref="DivergenceException">A loss or a gradient is not finite.</exception>
    /// <exception cref="ClusterException">Other ranks do not answer; the last finished step is kept in a checkpoint, unless steps are local.</exception>
    public async Task<TrainingResult> RunAsync(Func<EpochResult, Task>? onEpoch = null, CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _hasRun, true))
        {
            throw new InvalidOperationException("This trainer has already run; its weights are no longer the initial ones. Create a new one.");
        }

        using CancellationTokenRegistration wish = cancellationToken.Register(() => _ranks?.RequestStop(hurries: _local is null));
        if (_ranks is { } ranks)
        {
            CheckWholeState(Checkpoints is { IsWithinEpochs: true } ? "checkpoints within an epoch" : null);

            // They stop together, and continue from what rank 0 has resumed.
            cancellationToken = ranks.Stopped;
            _progress = SharedState.Broadcast(ranks.Communicator, _state, _progress);
            _model.ResumeAt(_progress.Epochs.Count);
        }

        _local?.Begin();
        List<EpochResult> epochs = [.. _progress.Epochs];
        _progress = _progress with { Epochs = epochs };
        try
        {
            Checkpoints?.Begin(_network, _data, _state, _progress, what => _events.Writer.TryWrite(what));
            IReadOnlyList<PipelinePlan> plans = WorkerCandidates.Of(_network, _data.Outline, _training, _pipeline);
            PipelineOptions? evaluation = WorkerCandidates.ForEvaluation(_network, _data.Outline, _training, _pipeline, plans);
            await using TunedPipeline pipeline = new(
                ChooseThreads(plans),
                (threads, progress) => PipelineOf(evaluation?.Threads == threads ? evaluation : OptionsOf(threads), progress),
                change => _events.Writer.TryWrite(change with { Exchange = ExchangeAfter(change) }),
                evaluation?.Threads);
            while (epochs.Count < _training.Epochs && _progress.Step < _lastStep && !IsEarly(epochs) && !cancellationToken.IsCancellationRequested)
            {
                if (await RunEpochAsync(pipeline, epochs.Count + 1, epochs, cancellationToken) is not { } result)
                {
                    break;
                }

                epochs.Add(result);
                _progress = _progress with { Current = default };
                if (onEpoch is not null)
                {
                    await onEpoch(result);
                }

                Checkpoints?.AfterEpoch(_progress);

                // After the checkpoint, so that an epoch that has been reported is not lost.
                _events.Writer.TryWrite(result);
                if (_outcomes is { } outcomes)
                {
                    _events.Writer.TryWrite(new TestImagesRead(result.Epoch, outcomes));
                }

                if (InspectsLayers || result.Training.Accuracy * _data.Train.Classes < HardlyBetterThanChance)
                {
                    _events.Writer.TryWrite(_inspector.Inspect(result.Epoch, Weights.Span));
                }
            }

            bool isEarly = IsEarly(epochs);
            bool isStopped = epochs.Count < _training.Epochs && !isEarly;
            if (Checkpoints is not null)
            {
                await Checkpoints.EndAsync(_progress);
            }

            if (isStopped)
            {
                _model.TakeLast();
            }

            TrainingResult gave = new(epochs, isStopped, _network.Layout.Hash(Model.Span)) { IsEarly = isEarly, Threads = pipeline.Threads };
            bool isOfAnEpoch = !isStopped || _model.HasBest || _progress.Current.Steps == 0;
            return gave with { Test = isOfAnEpoch ? gave.Best?.TestResult : null };
        }
        catch (DivergenceException)
        {
            _model.TakeLast();
            throw;
        }
        catch (ClusterException) when (Checkpoints is not null && _local is null && _hasWholeState)
        {
            // What failed is an exchange, before weights changed: the state is that of the last finished step. With local steps it is this rank's alone.
            await Checkpoints.EndAsync(_progress);
            throw;
        }
        finally
        {
            await (Checkpoints?.FlushAsync() ?? Task.CompletedTask);
            _events.Writer.TryComplete();
        }
    }

    /// <summary>Runs all epochs, and reports each when it has ended, as programs with a window expect it. Once: a trainer is a run.</summary>
    /// <param name="progress">Receives the epochs; <see cref="Progress{T}"/> hands them to the thread that made it.</param>
    /// <param name="cancellationToken">Stops the run after the current step; the result says so.</param>
    /// <inheritdoc cref="RunAsync(Func{EpochResult, Task}?, CancellationToken)"/>
    public Task<TrainingResult> RunAsync(IProgress<EpochResult> progress, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(progress);
        return RunAsync(
            epoch =>
            {
                progress.Report(epoch);
                return Task.CompletedTask;
            },
            cancellationToken);
    }

    /// <summary>Evaluates the resulting <see cref="Model"/> on the test set. Call it after the run, for one that was stopped within an epoch.</summary>
    /// <param name="cancellationToken">Stops it; the result is then not complete.</param>
    /// <exception cref="PipelineException">A block of the pipeline failed.</exception>
    /// <exception cref="DivergenceException">A loss is not finite.</exception>
    public async Task<TestResult> EvaluateAsync(CancellationToken cancellationToken = default)
    {
        IReadOnlyList<PipelinePlan> plans = WorkerCandidates.Of(_network, _data.Outline, _training, _pipeline);
        PipelineOptions options = WorkerCandidates.ForEvaluation(_network, _data.Outline, _training, _pipeline, plans) ?? _pipeline;
        await using TrainingPipeline pipeline = new(_network, _loss, _optimizer, Model, _training, options) { Meter = Meter };
        BatchSource source = BatchSource.Evaluation(_data.Test, _progress.Epochs.Count + 1, pipeline.EvaluationBatch);
        PassResult test = await pipeline.RunAsync(source, learningRate: 0, cancellationToken);
        return new TestResult(test, _network.Layout.Hash(Model.Span));
    }

    /// <summary>Whether the run ends before its last epoch because no epoch has been better for too long.</summary>
    private bool IsEarly(List<EpochResult> epochs) =>
        _training.Patience is { } patience && epochs.Count > 0 && epochs.Count < _training.Epochs
        && epochs.Count - epochs.FindLast(epoch => epoch.IsBest)!.Epoch >= patience;

    /// <summary>The learning rate of a batch, counted over all epochs from 1.</summary>
    private double RateAt(long batch) => _rates.RateAt(GradientAccumulation.StepOf(batch, _training.Accumulate));

    private void CheckWholeState(string? what)
    {
        if (what is not null && _local is null && _pipeline.Ranks is not null && !_pipeline.NeedsWholeState)
        {
            throw new InvalidOperationException($"With {what}, {nameof(PipelineOptions.NeedsWholeState)} must be set on all ranks.");
        }
    }

    private IThreadChoice ChooseThreads(IReadOnlyList<PipelinePlan> plans)
    {
        long samples = ((long)(_training.Epochs - _progress.Epochs.Count) * _data.Train.Count) - _progress.Current.Samples;
        PipelinePlan guess = new(_network, _training, _pipeline);
        samples = samples * guess.BatchSize / _training.BatchSize;
        return Threads?.Invoke(plans, samples) ?? (_pipeline.ChangesThreads
            ? new RandomChoice([.. plans.Select(plan => plan.Shards)], _training.Seed)
            : new WorkerTuner([.. plans.Select(plan => plan.Threads)], guess.Threads, WorkerCandidates.BeginningOf(plans, guess, _pipeline).Threads, guess.BatchSize, samples));
    }

    private TrainingPipeline PipelineOf(PipelineOptions options, PassProgress progress) =>
        new(_network, _loss, _optimizer, Weights, _training, options, progress)
        {
            Meter = Meter,
            BetweenSteps = _steps is null && _local is null && (Checkpoints is null || !_hasWholeState) ? null : AfterStep,
        };

    private PipelineOptions OptionsOf(int threads) =>
        _pipeline.Threads is null || _pipeline.ChangesThreads ? _pipeline with { Workers = threads, Threads = threads } : _pipeline;

    private ExchangeKind? ExchangeAfter(WorkersChanged change)
    {
        ExchangeKind before = new PipelinePlan(_network, _training, OptionsOf(change.From)).Exchange, after = new PipelinePlan(_network, _training, OptionsOf(change.To)).Exchange;
        return after == before ? null : after;
    }

    // A checkpoint comes last, so that the steps before it have been told of. One that could not be taken after an epoch, since the one
    // before was still being written, is due after every step: where ranks own features it waits for the end of the next epoch.
    private void AfterStep(Action gather)
    {
        _steps?.AfterStep();
        if (_local is not null)
        {
            if (!_local.AfterStep(gather))
            {
                return;
            }

            _steps?.AfterExchange();
        }

        if (_hasWholeState)
        {
            Checkpoints?.AfterStep(gather);
        }
    }
}
