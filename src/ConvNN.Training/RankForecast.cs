using ConvNN.Data;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Training.Cluster;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;
using ConvNN.Training.Pipeline.Dataflow;
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

    private RankForecast(Network network, TrainingOptions training, PipelineOptions pipeline, LinkSpeed link, double alone, double share)
    {
        (_network, _training, _pipeline) = (network, training, pipeline);
        (Link, Alone, Share) = (link, alone, share);
        (Messages, Bytes) = Traffic(training.BatchSize);
    }

    /// <summary>The speed of the connection.</summary>
    public LinkSpeed Link { get; }

    /// <summary>Seconds of a step on one rank.</summary>
    public double Alone { get; }

    /// <summary>Seconds that the slowest rank computes for its share of a step.</summary>
    public double Share { get; }

    /// <summary>Messages of a step that follow each other.</summary>
    public int Messages { get; }

    /// <summary>Bytes that a rank receives in a step.</summary>
    public long Bytes { get; }

    /// <summary>Seconds that ranks exchange in a step.</summary>
    public double Exchange => Link.Seconds(Messages, Bytes);

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
                (int messages, long bytes) = Traffic((int)batch);
                double scale = (double)batch / _training.BatchSize;
                if ((Share * scale) + Link.Seconds(messages, bytes) < Alone * scale)
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
            double seconds = Link.Seconds(2, WeightBytes(2)), gain = Alone - Share;
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
        int samples = Math.Max(1, (training.BatchSize + communicator.Size - 1) / communicator.Size);
        double share = await SecondsAsync(network, data, training with { BatchSize = samples }, own with { Exchange = plan.Exchange, Leaves = null }, cancellationToken);

        // A batch that needs the memory of several ranks cannot be measured on one.
        bool fits = new MemoryPlan(network, data.Outline, training, new PipelinePlan(network, training, own)).Refusal() is null;
        double alone = fits ? await SecondsAsync(network, data, training, own, cancellationToken) : share * training.BatchSize / samples;
        RankForecast forecast = new(network, training, pipeline, link, LinkSpeed.Max(communicator, alone), LinkSpeed.Max(communicator, share));
        communicator.Deadline = deadline;
        return forecast;
    }

    /// <summary>The messages of a step, and the bytes that a rank receives in it.</summary>
    private (int Messages, long Bytes) Traffic(int batch)
    {
        PipelinePlan plan = new(_network, _training with { BatchSize = batch }, _pipeline);
        int ranks = plan.Ranks.Count;
        double others = (double)batch * (ranks - 1) / ranks;
        if (plan.Exchange == ExchangeKind.FullGradients)
        {
            return (2, WeightBytes(2) + (long)(others * (sizeof(float) + sizeof(int))));
        }

        IReadOnlyList<Layer> layers = _network.Executed(plan.Kernels.Tier);
        int first = plan.Division.FirstByChannels!.Value, sums = layers[first + 1].Output.Stride;
        long behind = layers.Skip(first + 2).Where(layer => layer is Dense { IsTrained: true }).Sum(layer => (long)layer.Input.Stride + layer.Output.Stride);
        double perSample = (2.0 * sums) + behind + 2;
        return (3, (long)(others * perSample * sizeof(float)));
    }

    /// <summary>The bytes that a rank receives when all weights are exchanged by slices, so many times.</summary>
    private long WeightBytes(int times)
    {
        int ranks = _pipeline.Ranks!.Size;
        return (long)times * _network.Layout.TrainedLength * sizeof(float) * (ranks - 1) / ranks;
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
