using ConvNN.Kernels;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Training.Cluster;
using ConvNN.Training.Options;

namespace ConvNN.Training.Pipeline;

/// <summary>How a run is divided and how much memory it needs: computed once, before anything is allocated.</summary>
public sealed record PipelinePlan
{
    /// <summary>The fewest runs of batches that circulate: one of which a batch is in its step, one ready, one being assembled.</summary>
    public const int FewestRuns = 3;

    // A message for so many steps costs next to nothing; the batches take little memory.
    private const int MostBatchesOfRun = 16;
    private const int SamplesOfRun = 16_384;

    /// <summary>A step needs this many operations for each thread: with fewer, threads spend more time waiting for each other than they save.</summary>
    public const long OperationsPerThread = 500_000;

    /// <summary>Samples that go through several layers together, so that their activations stay in a core's second-level cache.</summary>
    public const int PartSamples = 64;

    // Activations of so many bytes stay there, beside weights.
    private const long CacheBytes = 1_250_000;

    // Enough samples to keep a worker busy for longer than a hand-off takes.
    private const int EvaluationShard = 64;

    // What ranks exchange, in gradients: slices of others, the mean, and the message with it.
    private const int ExchangedGradients = 3;

    private const int EvaluationRank = 4 * EvaluationShard;

    /// <summary>Works out the plan of a run.</summary>
    /// <param name="network">The network.</param>
    /// <param name="training">The batch size.</param>
    /// <param name="options">Workers, leaves, kernels.</param>
    public PipelinePlan(Network network, TrainingOptions training, PipelineOptions options)
    {
        Kernels = KernelSet.For(options.Kernels ?? KernelSet.BestTier);
        RankPlace place = options.Ranks?.Place ?? RankPlace.Alone;
        Ranks = training.SharesSteps ? place : RankPlace.Alone;
        BatchSize = training.SharesSteps ? training.BatchSize : (training.BatchSize + place.Count - 1) / place.Count;
        Leaves = options.LeavesFor(BatchSize, network);
        StepOperations = network.TrainingOperations * BatchSize / Ranks.Count;
        (int lo, int hi) = Shard.LeavesOf(Ranks.Rank, Ranks.Count, Leaves);
        IReadOnlyList<Layer> layers = network.Executed(Kernels.Tier);
        RequiresFullGradients = RefusalOfOwnFeatures(training, options) is not null;
        bool canOwn = !RequiresFullGradients && (Ranks.Count == 1 || DividesFeatures(layers, training, options));
        bool exceedsCache = canOwn && Ranks.Count == 1 && ExceedsCache(layers, training, Divide(ExchangeKind.OwnFeatures).Threads);
        FastestExchange = canOwn && !exceedsCache ? ExchangeKind.OwnFeatures : ExchangeKind.FullGradients;
        Exchange = Ranks.Count > 1 && FastestExchange == ExchangeKind.FullGradients ? FastestExchange : options.Exchange ?? FastestExchange;
        ExchangeReason = options.Exchange == Exchange ? "as configured"
            : Exchange == ExchangeKind.OwnFeatures ? "each weight has one owner"
            : exceedsCache ? "activations of own features exceed a core's cache"
            : RequiresFullGradients ? "the training options or kernels require them"
            : "the ranks need all weights, or cannot divide these layers";
        (MayShareLeaves, MostSharing, Workers, Threads) = Divide(Exchange);
        Division = new DivisionPlan(layers, Threads, Leaves, training.StoresGradients, Exchange == ExchangeKind.OwnFeatures ? Ranks : null);

        // With own features each thread has one shard; with full gradients each worker has one, and there are more of them than cores only if that is forced.
        Shards = Exchange == ExchangeKind.OwnFeatures || options.Threads is null ? Threads : Workers;
        Decoders = options.DecodesAhead ? options.Decoders ?? options.Cores : 0;

        // Ranks evaluate the same batches, whatever threads and memory each has.
        EvaluationBatch = Ranks.Count > 1 ? Ranks.Count * EvaluationRank
            : options.DecodesAhead ? Math.Clamp(BatchSize, Shards, Shards * EvaluationShard) : Shards * EvaluationShard;
        BatchCapacity = Math.Max(BatchSize, EvaluationBatch);
        Samples = Shard.SamplesOfWorkers(BatchSize, Exchange == ExchangeKind.OwnFeatures && Division.SharesLeaves ? Shards : Leaves, Shards, Ranks);
        ShardCapacity = Math.Max(Shard.MaxSamples(BatchSize, Leaves, Shards, Ranks), (int)Math.Ceiling((double)EvaluationBatch / Ranks.Count / Shards));
        Runs = options.DecodesAhead ? options.Prefetch + FewestRuns - 1 : FewestRuns;
        BatchesOfRun = options.DecodesAhead ? 1 : Math.Clamp(SamplesOfRun / BatchCapacity, 1, MostBatchesOfRun);
        LeavesPerPart = Workspace.Bytes(network, PartSamples, Kernels) + ((long)PartSamples * network.Input.Stride * sizeof(float)) <= CacheBytes
            ? Math.Max(1, PartSamples * Leaves / BatchSize)
            : null;
        WeightBytes = (long)network.Layout.Length * sizeof(float);
        BatchBytes = (long)BatchCapacity * (((options.DecodesAhead ? Runs : 1L) * network.Input.Stride * sizeof(float)) + ((long)Runs * BatchesOfRun * MiniBatch.BytesPerSample));
        (GradientBytes, ActivationBytes) = Exchange == ExchangeKind.OwnFeatures
            ? (OwnFeatureGradientBytes(network), Workspace.Bytes(network, BatchCapacity, Kernels, Threads))
            : (WeightBytes * (Enumerable.Range(0, Shards).Sum(shard => (long)Shard.Cover(shard, Shards, Leaves, Ranks).Count) + (Ranks.Count == 1 ? 0 : ExchangedGradients)),
                Shards * Workspace.Bytes(network, ShardCapacity, Kernels));
        int together = Exchange == ExchangeKind.OwnFeatures ? BatchCapacity : ShardCapacity;
        LargestBuffer = Math.Max(
            (long)BatchCapacity * network.Input.Stride,
            network.Layers.Max(layer => (long)together * Math.Max(layer.Input.Stride, Math.Max(layer.Output.Stride, layer.SavedBytes))));

        (bool MayShareLeaves, int Most, int Workers, int Threads) Divide(ExchangeKind exchange)
        {
            bool isOwned = exchange == ExchangeKind.OwnFeatures, mayShare = isOwned && network.Layout.StatisticsLength == 0 && Ranks.Count == 1;
            int most = mayShare ? Math.Max(Leaves, BatchSize / PipelineOptions.FewestShared) : Math.Max(1, Ranks.Count > 1 && isOwned ? MembersOfRank(layers, hi - lo) : hi - lo);
            int workers = options.Workers ?? Math.Min(options.Cores, most);
            return (mayShare, most, workers, !isOwned
                ? Math.Min(workers, options.Threads is null ? options.PhysicalCores : options.Cores)
                : Math.Min(mayShare ? int.MaxValue : most, options.Threads ?? Math.Min(workers, FastestThreads(options.PhysicalCores, most))));
        }
    }

    /// <summary>Blocks that decode images ahead of the step; 0 where these are in memory.</summary>
    public int Decoders { get; }

    /// <summary>Runs of batches that circulate in the pipeline.</summary>
    public int Runs { get; }

    /// <summary>The most batches of a run.</summary>
    public int BatchesOfRun { get; }

    /// <summary>This process among those that share each step.</summary>
    public RankPlace Ranks { get; }

    /// <summary>The kernels of the run.</summary>
    public KernelSet Kernels { get; }

    /// <summary>How gradients come together.</summary>
    public ExchangeKind Exchange { get; }

    /// <summary>How they come together unless the options choose: by own features where these can run and their activations stay in the caches.</summary>
    public ExchangeKind FastestExchange { get; }

    /// <summary>Whether training options or kernels leave no choice but full gradients.</summary>
    public bool RequiresFullGradients { get; }

    /// <summary>Why <see cref="Exchange"/> is taken, in a few words.</summary>
    public string ExchangeReason { get; }

    /// <summary>How the layers of a training step are divided with own features.</summary>
    public DivisionPlan Division { get; }

    /// <summary>Images of a whole batch; with local steps, the most in this rank's share of it.</summary>
    public int BatchSize { get; }

    /// <summary>P, the leaves of a step.</summary>
    public int Leaves { get; }

    /// <summary>Whether there may be more threads than leaves: with own features, unless a layer takes statistics of whole leaves.</summary>
    public bool MayShareLeaves { get; }

    /// <summary>The most threads that a step is worth being divided over: one per leaf, or more that have a few samples each.</summary>
    public int MostSharing { get; }

    /// <summary>The most workers that share each batch.</summary>
    public int Workers { get; }

    /// <summary>Threads that the workers run on.</summary>
    public int Threads { get; }

    /// <summary>Parts into which a step is divided.</summary>
    public int Shards { get; }

    /// <summary>Floating-point operations of a training step, of this rank's share.</summary>
    public long StepOperations { get; }

    /// <summary>The most samples of a shard.</summary>
    public int ShardCapacity { get; }

    /// <summary>Images that are in flight together in an evaluation.</summary>
    public int EvaluationBatch { get; }

    /// <summary>The leaves that a worker computes together; null for all of its leaves, where activations do not stay in a cache anyway. With own features by samples.</summary>
    public int? LeavesPerPart { get; }

    /// <summary>The most samples of a batch.</summary>
    public int BatchCapacity { get; }

    /// <summary>The samples of each shard of a whole batch; 0 for a shard that gets none.</summary>
    public IReadOnlyList<int> Samples { get; }

    /// <summary>Bytes of the weights, which all workers share.</summary>
    public long WeightBytes { get; }

    /// <summary>Bytes of all gradients, or of what takes their place.</summary>
    public long GradientBytes { get; }

    /// <summary>Bytes of all activations.</summary>
    public long ActivationBytes { get; }

    /// <summary>Bytes of the images of a step, or of all that are decoded ahead, and of the batches that circulate.</summary>
    public long BatchBytes { get; }

    /// <summary>Elements of the largest single buffer; it must not exceed <see cref="AlignedBuffer.MaxLength"/>.</summary>
    public long LargestBuffer { get; }

    /// <summary>Threads that steps of this batch and network are predicted to run on fastest, from <see cref="StepOperations"/> and <see cref="OperationsPerThread"/>.</summary>
    /// <param name="cores">The number of cores.</param>
    public int FastestThreadsOn(int cores) => FastestThreads(cores, MostSharing);

    /// <summary>Why own features cannot run with these options, and what to do about it; null where they can.</summary>
    /// <param name="training">Whether a step needs the whole gradient.</param>
    /// <param name="options">The kernels.</param>
    public static string? RefusalOfOwnFeatures(TrainingOptions training, PipelineOptions options)
    {
        if (training.NeedsWholeGradient)
        {
            return "Training:ClipNorm needs the whole gradient before any weight changes; use auto or full-gradients, or leave Training:ClipNorm out";
        }

        return (options.Kernels ?? KernelSet.BestTier) == KernelTier.Reference
            ? "the reference kernels define the result and run with full gradients only; use auto or full-gradients, or different Pipeline:Kernels"
            : null;
    }

    private int FastestThreads(int cores, int most) => (int)Math.Clamp(StepOperations / OperationsPerThread, 1, Math.Min(cores, most));

    /// <summary>
    /// Whether what own features keep between the way forward and the way back leaves the caches: a member computes its features of all
    /// samples, layer by layer, while a worker with full gradients takes a few samples through all layers. With enough samples for each
    /// thread, that saves more than it costs to hand gradients over.
    /// </summary>
    private bool ExceedsCache(IReadOnlyList<Layer> layers, TrainingOptions training, int threads)
    {
        DivisionPlan division = new(layers, threads, Leaves, training.StoresGradients);
        return division.FirstByChannels is { } first && BatchSize / threads >= PartSamples
            && (long)BatchSize / threads * 2 * sizeof(float) * layers[first].Output.Stride > CacheBytes;
    }

    /// <summary>
    /// Whether ranks divide the first layers by features. Each then has its own part of the state until the end of a pass, and a rank
    /// is a member or several; every one needs features and samples.
    /// </summary>
    private bool DividesFeatures(IReadOnlyList<Layer> layers, TrainingOptions training, PipelineOptions options) =>
        !options.NeedsWholeState && options.Exchange != ExchangeKind.FullGradients && Ranks.Count <= Leaves
            && new DivisionPlan(layers, 1, Leaves, training.StoresGradients, Ranks).FirstByChannels is not null;

    /// <summary>The most threads of a rank that have features and leaves of their own.</summary>
    private int MembersOfRank(IReadOnlyList<Layer> layers, int leaves) => Math.Min(leaves, Math.Min(((Dense)layers[1]).InputLeaves, Leaves) / Ranks.Count);

    /// <summary>Approximate bytes of what takes the place of gradients with own features: gradients that are joined, partial sums of a layer divided by inputs, and its weights in each member's memory.</summary>
    private long OwnFeatureGradientBytes(Network network)
    {
        long dense = network.Layers.OfType<Dense>().Where(layer => layer.IsTrained).Sum(layer => (long)layer.Weight.Length);
        Dense? divided = Division.FirstByChannels is null ? null : network.Layers.OfType<Dense>().First();
        long partials = divided is null ? 0 : (Threads + Ranks.Count - 2L) * BatchCapacity * divided.Output.Stride;
        long copies = divided is null || Threads == 1 ? 0 : (long)Threads * (divided.Weight.Offset + divided.Weight.Length);
        return sizeof(float) * (partials + copies + (Leaves * (network.Layout.TrainedLength - dense)));
    }
}
