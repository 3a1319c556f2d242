using System.Diagnostics;
using ConvNN.Data;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Training.Cluster;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;
using ConvNN.Training.Pipeline.Dataflow;
using ConvNN.Training.Pipeline.OwnFeatures;
using ConvNN.Training.Progress;

namespace ConvNN.Training;

/// <summary>What a step takes on several ranks and on one, and from where on a further rank pays: measured before a run begins.</summary>
public sealed record RankForecast
{
    private const int LargestBatch = 8192;
    private const int MostLocalSteps = 10_000;

    // A processor's caches and the compiler are warm after that; a pass is long enough that its beginning and end hardly matter.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.4);
    private static readonly TimeSpan Pass = TimeSpan.FromSeconds(0.05);
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private const int Passes = 5;
    private const int MostSteps = 10_000;

    // So small that the weights hardly change.
    private const float LearningRate = 1e-6f;

    private readonly Network _network;
    private readonly TrainingOptions _training;
    private readonly PipelineOptions _pipeline;
    private readonly long[] _messages;

    private RankForecast(Network network, TrainingOptions training, PipelineOptions pipeline, LinkSpeed link, double alone, double share)
    {
        (_network, _training, _pipeline) = (network, training, pipeline);
        (Link, Alone, Share) = (link, alone, share);
        _messages = Traffic(training.BatchSize);
    }

    /// <summary>The speed of the connection.</summary>
    public LinkSpeed Link { get; }

    /// <summary>Seconds of a step on one rank.</summary>
    public double Alone { get; }

    /// <summary>Seconds that the slowest rank computes for its share of a step.</summary>
    public double Share { get; }

    /// <summary>Messages of a step that follow each other.</summary>
    public int Messages => _messages.Length;

    /// <summary>Bytes that a rank receives in a step.</summary>
    public long Bytes => _messages.Sum();

    /// <summary>Seconds that ranks exchange in a step.</summary>
    public double Exchange => _messages.Sum(Link.Seconds);

    /// <summary>Seconds of a step on all ranks.</summary>
    public double Step => Share + Exchange;

    /// <summary>Whether a step takes less time than on one rank.</summary>
    public bool Pays => Step < Alone;

    /// <summary>The smallest batch, of those that double from the configured one, for which the ranks pay; null if none does.</summary>
    public int? PayingBatch
    {
        get
        {
            for (long batch = _training.BatchSize; batch <= LargestBatch; batch *= 2)
            {
                double scale = (double)batch / _training.BatchSize;
                if ((Share * scale) + Traffic((int)batch).Sum(Link.Seconds) < Alone * scale)
                {
                    return (int)batch;
                }
            }

            return null;
        }
    }

    /// <summary>The fewest local steps between two exchanges of the weights for which the ranks pay; null if no number does.</summary>
    public int? PayingLocalSteps
    {
        get
        {
            double seconds = 2 * Link.Seconds(WeightBytes), gain = Alone - Share;
            return gain > 0 && seconds / gain < MostLocalSteps ? (int)Math.Ceiling(seconds / gain) : null;
        }
    }

    /// <summary>Measures connection and steps; all ranks call it together, and get the same.</summary>
    /// <param name="network">The network.</param>
    /// <param name="data">The data.</param>
    /// <param name="training">Batch size and what is learnt.</param>
    /// <param name="pipeline">How the work is done, and by which ranks.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ClusterException">Ranks do not answer.</exception>
    public static async Task<RankForecast> MeasureAsync(
        Network network, DatasetPair data, TrainingOptions training, PipelineOptions pipeline, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(pipeline);
        pipeline = pipeline.For(data.Outline);
        ICommunicator communicator = pipeline.Ranks!.Communicator;
        TimeSpan deadline = communicator.Deadline;

        // A slow rank measures for long.
        communicator.Deadline = deadline > Patience ? deadline : Patience;
        LinkSpeed link = LinkSpeed.Measure(communicator);
        PipelinePlan plan = new(network, training, pipeline);
        PipelineOptions own = pipeline with { Ranks = null, Threads = plan.Threads, Workers = plan.Threads };
        double share = await ShareAsync(network, data, training, own, plan, cancellationToken);

        // A batch that needs the memory of several ranks cannot be measured on one.
        bool fits = new MemoryPlan(network, data.Outline, training, new PipelinePlan(network, training, own)).Refusal() is null;
        double alone = fits ? await SecondsAsync(network, data, training, own, cancellationToken) : share * communicator.Size;
        RankForecast forecast = new(network, training, pipeline, link, LinkSpeed.Max(communicator, alone), LinkSpeed.Max(communicator, share));
        communicator.Deadline = deadline;
        return forecast;
    }

    /// <summary>The bytes that a rank receives in each message of a step.</summary>
    private long[] Traffic(int batch)
    {
        PipelinePlan plan = new(_network, _training with { BatchSize = batch }, _pipeline);
        double others = (double)batch * (plan.Ranks.Count - 1) / plan.Ranks.Count;
        int results = sizeof(float) + sizeof(int);
        if (plan.Exchange == ExchangeKind.FullGradients)
        {
            return [WeightBytes, WeightBytes + (long)(others * results)];
        }

        IReadOnlyList<Layer> layers = _network.Executed(plan.Kernels.Tier);
        int first = plan.Division.FirstByChannels!.Value, sums = layers[first + 1].Output.Stride * sizeof(float);
        int behind = sizeof(float) * layers.Skip(first + 2).Where(layer => layer is Dense { IsTrained: true }).Sum(layer => layer.Input.Stride + layer.Output.Stride);
        return [(long)(others * sums), (long)(others * (sums + behind + results)), 0];
    }

    /// <summary>The bytes of slices of all weights that a rank receives.</summary>
    private long WeightBytes => (long)_network.Layout.TrainedLength * sizeof(float) * (_pipeline.Ranks!.Size - 1) / _pipeline.Ranks.Size;

    /// <summary>The seconds in which a rank computes its share of a step.</summary>
    private static Task<double> ShareAsync(
        Network network, DatasetPair data, TrainingOptions training, PipelineOptions own, PipelinePlan plan, CancellationToken cancellationToken)
    {
        if (plan.Exchange == ExchangeKind.OwnFeatures)
        {
            return Task.FromResult(PhaseSeconds(network, data, training, own with { Threads = plan.Threads * plan.Ranks.Count }));
        }

        int samples = (training.BatchSize + plan.Ranks.Count - 1) / plan.Ranks.Count;
        return SecondsAsync(network, data, training with { BatchSize = samples }, own with { Exchange = plan.Exchange, Leaves = null }, cancellationToken);
    }

    /// <summary>The seconds of a step in which each member works in its phases, and waits at their ends for the slowest.</summary>
    private static double PhaseSeconds(Network network, DatasetPair data, TrainingOptions training, PipelineOptions options)
    {
        PhaseTimer timer = new(network, training, options, network.Layout.Initialize(training.Seed), LearningRate);
        List<double> measured = [];
        long begin = Stopwatch.GetTimestamp();
        TimeSpan elapsed = TimeSpan.Zero;
        BatchSource source = Batches();
        while (elapsed < WarmUp + (Passes * Pass) && measured.Count < MostSteps)
        {
            source = source.HasMore ? source : Batches();
            timer.Run(source);
            elapsed = Stopwatch.GetElapsedTime(begin);
            double seconds = (double)timer.Ticks.Sum(phase => phase.Max()) / Stopwatch.Frequency;
            if (elapsed >= WarmUp || seconds >= Slow.TotalSeconds)
            {
                measured.Add(seconds);
            }
        }

        return measured.Order().ElementAt(measured.Count / 2);

        BatchSource Batches() => BatchSource.Training(data.Train, training.Seed, epoch: 1, training.BatchSize, end: data.Train.Count / training.BatchSize * training.BatchSize);
    }

    /// <summary>The seconds of a step of this process alone: the median of a few passes after a warm-up.</summary>
    private static async Task<double> SecondsAsync(
        Network network, DatasetPair data, TrainingOptions training, PipelineOptions options, CancellationToken cancellationToken)
    {
        await using TrainingPipeline pipeline = new(
            network,
            training.Loss.Create(network),
            training.Optimizer.Create(new PipelinePlan(network, training, options).Kernels, network.Layout.TrainedLength),
            network.Layout.Initialize(training.Seed),
            training,
            options);
        int steps = 1;
        TimeSpan warm = TimeSpan.Zero;
        List<double> measured = [];
        while (measured.Count < Passes)
        {
            int end = (int)Math.Min(data.Train.Count, (long)steps * training.BatchSize);
            BatchSource source = BatchSource.Training(data.Train, training.Seed, epoch: 1, training.BatchSize, end: end);
            PassResult pass = await pipeline.RunAsync(source, LearningRate, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            double seconds = pass.Elapsed.TotalSeconds * training.BatchSize / end;
            if (pass.Elapsed >= Slow)
            {
                return seconds;
            }

            if (warm >= WarmUp)
            {
                measured.Add(seconds);
            }

            warm += pass.Elapsed;
            steps = (int)Math.Clamp(Pass.TotalSeconds / seconds, 1, Math.Min(2 * steps, MostSteps));
        }

        return measured.Order().ElementAt(Passes / 2);
    }
}
