using System.Globalization;
using System.Threading.Tasks.Dataflow;
using ConvNN.Data.Augmentations;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Losses;
using ConvNN.Model.Networks;
using ConvNN.Model.Samples;
using ConvNN.Training.Cluster;
using ConvNN.Training.Metrics;
using ConvNN.Training.Optimizers;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline.Clocks;
using ConvNN.Training.Pipeline.FullGradients;
using ConvNN.Training.Pipeline.OwnFeatures;
using ConvNN.Training.Pipeline.Supervision;
using ConvNN.Training.Progress;

namespace ConvNN.Training.Pipeline.Dataflow;

/// <summary>
/// Data-parallel training steps as TPL Dataflow blocks: assemble (→ one block per decoder) → fan-out → one block per worker → reduce,
/// whose end is the permit for the next step.
/// </summary>
/// <remarks>
/// Every block is bounded. Fewer runs of batches circulate than any block can hold, and each worker has one shard, so no block is
/// ever full when something is posted: a refused post is a fault. No delegate throws: the first failure is kept and ends
/// the pass.
/// </remarks>
public sealed partial class TrainingPipeline : IAsyncDisposable
{
    private readonly PipelineThreads[] _threads;
    private readonly ActionBlock<BatchRun> _assemble;
    private readonly ActionBlock<BatchRun>[] _decoders;
    private readonly ActionBlock<StepSignal> _fanOut;
    private readonly ActionBlock<Shard>[] _workers;
    private readonly ActionBlock<ShardOutcome> _reduce;

    private readonly BatchRun[] _runs;
    private readonly SampleWork _samples;
    private readonly IGradientExchange _exchange;
    private readonly Action _gather;
    private readonly StepReducer _reducer;
    private readonly Supervisor _supervisor;
    private readonly PipelineClock _clock;
    private readonly StageClock _working;
    private readonly StageClock _reading;
    private readonly StageLane _sharding;
    private readonly StageLane _reducing;

    // The gate guards the runs that are ready or idle, and whether a step is running.
    private readonly Lock _gate = new();
    private readonly Queue<BatchRun> _ready = new();
    private bool _isStepping;
    private int _idle;

    // Owned by whoever begins and ends steps: one thread at a time.
    private Pass _pass = null!;
    private BatchRun? _run;
    private long _step;
    private long _trainingStep;
    private long _stepBegan;

    /// <summary>Builds the blocks, the threads and the memory of all workers.</summary>
    /// <param name="network">The network.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="optimizer">How a step changes the weights.</param>
    /// <param name="weights">The weights; a step changes them in place.</param>
    /// <param name="training">Batch size and seed.</param>
    /// <param name="options">Workers, leaves, kernels.</param>
    /// <param name="progress">Where passes count their steps; null for a progress of its own.</param>
    public TrainingPipeline(
        Network network,
        ILoss loss,
        IOptimizer optimizer,
        AlignedBuffer weights,
        TrainingOptions training,
        PipelineOptions options,
        PassProgress? progress = null)
    {
        PipelinePlan plan = new(network, training, options);
        EvaluationBatch = plan.EvaluationBatch;
        AlignedBuffer? images = plan.Decoders > 0 ? null : new AlignedBuffer(checked(plan.BatchCapacity * network.Input.Stride));
        MiniBatch NewBatch() => new(network.Input, plan.BatchCapacity, plan.Kernels.Tier, images);
        _runs = [.. Enumerable.Range(0, plan.Runs).Select(_ => new BatchRun([.. Enumerable.Range(0, plan.BatchesOfRun).Select(_ => NewBatch())]))];
        IAugmentation? augmentation = training.Augmentation.Create(network.Input, training.Seed);
        _samples = new SampleWork(network, loss, weights, training.Seed, new LeafStatistics(network.Layout, plan.Leaves), augmentation);
        StepDefinition definition = new(network, loss, augmentation, optimizer, weights, training.Seed, plan.Leaves, plan.Kernels);
        _exchange = plan.Exchange == ExchangeKind.OwnFeatures
            ? new OwnFeatureExchange(network, _samples, optimizer, weights, plan, definition, options.Ranks)
            : new FullGradientExchange(network, _samples, optimizer, weights, plan, options.Ranks);
        _gather = _exchange.Gather;
        _reducer = new StepReducer(_exchange, progress ?? new PassProgress());
        int workers = _exchange.Shards.Count;

        // A worker stays on its thread, so its weights stay in one core's cache. Batches are assembled on the thread pool if a
        // core is free, and otherwise on the last worker's thread, while the first thread ends the step and begins the next. Images are
        // decoded on the thread pool: that may take longer than a step.
        _threads = [.. Enumerable.Range(0, plan.Threads).Select(_ => new PipelineThreads(1))];
        TaskScheduler assembling = plan.Threads < Environment.ProcessorCount ? TaskScheduler.Default : _threads[^1];
        _assemble = new ActionBlock<BatchRun>(Assemble, Bounded(plan.Runs, assembling));
        _decoders = [.. Enumerable.Range(0, plan.Decoders).Select(decoder => new ActionBlock<BatchRun>(run => Decode(decoder, run), Bounded(plan.Runs, TaskScheduler.Default)))];

        // Two signals for each run, since it may be ready, computed and idle before the first is read, and the permit.
        _fanOut = new ActionBlock<StepSignal>(Route, Bounded((2 * plan.Runs) + 1, _threads[0]));
        _workers = [.. _exchange.Shards.Select(shard => new ActionBlock<Shard>(Work, Bounded(1, _threads[shard.Worker % plan.Threads])))];
        _reduce = new ActionBlock<ShardOutcome>(Reduce, Bounded(workers, _threads[0]));

        // The queue of the fan-out holds the runs that are ready. Its length may change while it is read, which does no harm.
        StageClock read = new("read", Math.Max(1, plan.Decoders), 1 + plan.Decoders, plan.Runs, () => Math.Max(_assemble.InputCount, _decoders.Select(block => block.InputCount).DefaultIfEmpty().Max()));
        StageClock shard = new("shard", threads: 1, blocks: 1, plan.Runs, () => _ready.Count);
        StageClock work = new("workers", plan.Threads, workers, workers, () => _workers.Sum(block => block.InputCount));
        StageClock reduce = new("reduce", threads: 1, blocks: 1, workers, () => _reduce.InputCount);
        (_reading, _sharding, _working, _reducing) = (read, shard[0], work, reduce[0]);
        _clock = new PipelineClock(read, shard, work, reduce);

        // A rank that waits for others is not stalled before their deadline.
        TimeSpan deadline = 2 * (options.Ranks?.Communicator.Deadline ?? TimeSpan.Zero);
        _supervisor = new Supervisor(deadline > options.StallTimeout ? deadline : options.StallTimeout, _clock, DescribeQueues);
    }

    /// <summary>Images of an evaluation step.</summary>
    public int EvaluationBatch { get; }

    /// <summary>Measures what happens.</summary>
    public TrainingMeter Meter { get; init; } = TrainingMeter.Shared;

    /// <summary>
    /// Called after each training step, while nothing changes weights or optimizer state; the next step begins when it
    /// returns. Its argument brings all weights together, which members may keep to themselves between two steps: it is called before the
    /// weights are read or changed. May be null.
    /// </summary>
    public Action<Action>? BetweenSteps { get; init; }

    /// <summary>The progress of the current pass; may be read at any time, from any thread.</summary>
    public PassProgress Progress => _reducer.Progress;

    /// <summary>What each stage has done in the current pass, or did in the last; may be asked at any time, from any thread.</summary>
    public IReadOnlyList<StageLoad> Loads() => ReadPass().Loads;

    /// <summary><see cref="Loads"/>, and the time of the pass.</summary>
    internal (IReadOnlyList<StageLoad> Loads, TimeSpan Elapsed) ReadPass()
    {
        (TimeSpan elapsed, IReadOnlyList<StageLoad> loads) = _clock.ReadPass();
        return (loads, elapsed);
    }

    /// <inheritdoc cref="RunAsync(IBatchSource, Func{long, float}, CancellationToken)"/>
    /// <param name="source">The batches.</param>
    /// <param name="learningRate">The learning rate of all steps; ignored in an evaluation.</param>
    /// <param name="cancellationToken">Ends the pass after the current step.</param>
    public Task<PassResult> RunAsync(IBatchSource source, float learningRate, CancellationToken cancellationToken) =>
        RunAsync(source, _ => learningRate, cancellationToken);

    /// <summary>Runs one pass over a dataset. Only one pass may run at a time, and none after a failure.</summary>
    /// <param name="source">The batches.</param>
    /// <param name="rateAt">The learning rate of a training step, counted in the life of the pipeline from 1.</param>
    /// <param name="cancellationToken">Ends the pass after the current step.</param>
    /// <exception cref="InvalidOperationException">A pass is running, or has failed.</exception>
    /// <exception cref="PipelineException">A block failed.</exception>
    /// <exception cref="StallException">No block has finished anything for too long.</exception>
    /// <exception cref="DivergenceException">A loss or a gradient is not finite.</exception>
    public async Task<PassResult> RunAsync(IBatchSource source, Func<long, float> rateAt, CancellationToken cancellationToken)
    {
        _supervisor.ThrowIfNotIdle();
        _pass = new Pass(source, rateAt, cancellationToken);
        _idle = 0;
        _reducer.Begin(_pass);
        _clock.Begin();
        Meter.Begin(_clock, Progress, _pass.Phase, rateAt(_trainingStep + 1));
        Task ended = _supervisor.Watch(_pass);

        // From here on each step begins the next, so the caller's execution context would be copied with every message.
        using (ExecutionContext.SuppressFlow())
        {
            Array.ForEach(_runs, run => Send(_assemble, run));
        }

        try
        {
            await ended;
        }
        finally
        {
            _exchange.Gather();
            _clock.End();
            Meter.EndPass(_clock);
        }

        (TimeSpan elapsed, IReadOnlyList<StageLoad> loads) = _clock.ReadPass();
        return _reducer.Result(elapsed, loads);
    }

    /// <summary>Sets the position in the run before a training pass that continues an epoch.</summary>
    /// <param name="steps">Steps of training that are finished.</param>
    /// <param name="begun">Progress of the epoch that continues; the source of the pass begins after these samples.</param>
    public void ResumeAt(long steps, EpochProgress begun)
    {
        _supervisor.ThrowIfNotIdle();
        _trainingStep = steps;
        _reducer.ResumeAt(begun);
    }

    /// <summary>Gives every rank all weights and the optimizer's whole state, of which it may own a part since its last training step. All ranks call it after the same step.</summary>
    /// <exception cref="ClusterException">Ranks do not answer.</exception>
    public void Complete() => _exchange.Complete();

    /// <summary>Ends the blocks and the threads. A worker that is stuck keeps its background thread.</summary>
    public async ValueTask DisposeAsync()
    {
        Meter.End(_clock);
        _exchange.Abort();
        IDataflowBlock[] blocks = [_assemble, .. _decoders, _fanOut, .. _workers, _reduce];
        Array.ForEach(blocks, block => block.Complete());
        await Task.WhenAny(Task.WhenAll(blocks.Select(block => block.Completion)), Task.Delay(TimeSpan.FromMilliseconds(500)));
        Array.ForEach(_threads, thread => thread.Dispose());
        _supervisor.Dispose();
    }

    /// <summary>Room for all messages that can be sent to a block, and for the one whose delegate has sent its result but has not returned yet.</summary>
    private static ExecutionDataflowBlockOptions Bounded(int messages, TaskScheduler scheduler) =>
        new() { BoundedCapacity = messages + 1, TaskScheduler = scheduler };

    /// <summary>Posts to a block that has room by construction.</summary>
    private void Send<T>(ActionBlock<T> block, T message)
    {
        if (!block.Post(message) && !_supervisor.HasFailed)
        {
            _supervisor.Fail(_pass, "hand-off", null, new InvalidOperationException($"a block refused a {typeof(T).Name}."));
        }
    }

    private string DescribeQueues()
    {
        IEnumerable<string> held = _exchange.Shards.Where(_reducer.IsMissing).Select(shard => $"worker {shard.Worker} holds {shard.Describe()}");
        string queues = string.Join(' ', _workers.Select(worker => worker.InputCount.ToString(CultureInfo.InvariantCulture)));
        string decoding = _decoders.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"decoders {_decoders.Max(block => block.InputCount)}, ");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{string.Concat(held.Select(who => who + "; "))}queues: assemble {_assemble.InputCount}, {decoding}fan-out {_fanOut.InputCount}, workers {queues}, reduce {_reduce.InputCount}.");
    }
}
