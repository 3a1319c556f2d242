using ConvNN.Data;
using ConvNN.Kernels.Probes;
using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Networks;
using ConvNN.Model.Options;
using ConvNN.Training.Cluster;

namespace ConvNN.Training.Options;

/// <summary>How the work is done: section <c>Pipeline</c> of the configuration. All but <see cref="Leaves"/> leave the bits as they are.</summary>
public sealed record PipelineOptions : CheckedOptions
{
    /// <summary>The words for what kernels compute with; <c>auto</c> is the widest that the machine has.</summary>
    public static readonly IReadOnlyDictionary<string, KernelTier?> KernelWords = new Dictionary<string, KernelTier?>(StringComparer.OrdinalIgnoreCase)
    {
        ["auto"] = null,
        ["reference"] = KernelTier.Reference,
        ["vector128"] = KernelTier.Vector128,
        ["vector256"] = KernelTier.Vector256,
        ["vector512"] = KernelTier.Vector512,
    };

    /// <summary>The words for how gradients come together; <c>auto</c> is the fastest that can run.</summary>
    public static readonly IReadOnlyDictionary<string, ExchangeKind?> ExchangeWords = new Dictionary<string, ExchangeKind?>(StringComparer.OrdinalIgnoreCase)
    {
        ["auto"] = null,
        ["full-gradients"] = ExchangeKind.FullGradients,
        ["own-features"] = ExchangeKind.OwnFeatures,
    };

    /// <summary>The fewest samples for which it pays that a worker shares leaves with others.</summary>
    public const int FewestShared = 4;

    /// <summary>The declarations of the options, in the order of the help.</summary>
    public static IReadOnlyList<Option> Options { get; } =
    [
        Option.Of(
            "Workers",
            ValueKinds.Auto(ValueKinds.Integer(1, 1024)),
            (PipelineOptions o) => o.Workers,
            (o, v) => o with { Workers = v },
            "the most workers that share each batch, one per core at most; a run measures how many are fastest, and the weights are the same for any number") with
        { Advice = "Leave it out to allow one per core." },
        Option.Of(
            "Leaves",
            ValueKinds.Auto(ValueKinds.Integer(1, SumTree.MaxLeaves)),
            (PipelineOptions o) => o.Leaves,
            (o, v) => o with { Leaves = v },
            "leaves into which a batch is cut; they define the order of its sums, and so the weights") with
        { Advice = "Leave it out to let the batch size decide." },
        Option.Of(
            "Kernels",
            ValueKinds.Word(KernelWords),
            (PipelineOptions o) => o.Kernels,
            (o, v) => o with { Kernels = v },
            "which kernels compute: the same bits, at different speeds"),
        Option.Of(
            "Exchange",
            ValueKinds.Word(ExchangeWords),
            (PipelineOptions o) => o.Exchange,
            (o, v) => o with { Exchange = v },
            "how workers combine their gradients: the same bits, at different speeds"),
        Option.Of(
            "Decoders",
            ValueKinds.Auto(ValueKinds.Integer(1, 1024)),
            (PipelineOptions o) => o.Decoders,
            (o, v) => o with { Decoders = v },
            "blocks that decode and augment pictures ahead of the step, where these take more than Data:Memory; auto is one per core"),
        Option.Of(
            "Prefetch",
            ValueKinds.Integer(1, 1024),
            (PipelineOptions o) => o.Prefetch,
            (o, v) => o with { Prefetch = v },
            "batches that may be decoded ahead of the step, where pictures take more than Data:Memory"),
        Option.Of(
            "StallTimeout",
            ValueKinds.Seconds,
            (PipelineOptions o) => o.StallTimeout,
            (o, v) => o with { StallTimeout = v },
            "seconds without progress after which a run is stopped as stalled; ten times as many while threads compute"),
    ];

    /// <summary>The most workers that share each batch; null allows one per core. A run measures how many are fastest.</summary>
    public int? Workers { get; init => field = Checked(value); }

    /// <summary>Leaves into which a step's samples are cut; null lets the batch size decide. Part of the definition of the sums.</summary>
    public int? Leaves { get; init => field = Checked(value); }

    /// <summary>What the kernels compute with; null takes the widest vectors of this machine.</summary>
    public KernelTier? Kernels { get; init; }

    /// <summary>How long no block may finish anything before the run ends as stalled; ten times as long while threads compute.</summary>
    public TimeSpan StallTimeout { get; init => field = Checked(value); } = TimeSpan.FromSeconds(60);

    /// <summary>How gradients come together; null takes own features where they can run and their activations stay in the caches, and full gradients otherwise.</summary>
    public ExchangeKind? Exchange { get; init; }

    /// <summary>Blocks that decode pictures ahead of the step; null for one per core. Unused where images are in memory.</summary>
    public int? Decoders { get; init => field = Checked(value); }

    /// <summary>Batches that may be decoded ahead of the step. Unused where images are in memory.</summary>
    public int Prefetch { get; init => field = Checked(value); } = 4;

    /// <summary>Whether images are decoded ahead of the step, since they are not in memory. Follows from the data: <see cref="For"/>.</summary>
    public bool DecodesAhead { get; init; }

    /// <summary>Threads to divide a step over, even where fewer are faster or cores are: for measurements and tests. Null lets a run measure. Not a key of the configuration.</summary>
    public int? Threads { get; init; }

    /// <summary>Whether the number of threads is drawn anew every few steps, up to <see cref="Threads"/>: for tests of the same bits. Not a key of the configuration.</summary>
    public bool ChangesThreads { get; init; }

    /// <summary>The ranks that share each batch, with <see cref="Workers"/> each; null for this process alone. Not a key of the configuration: a launcher starts ranks.</summary>
    public RankGroup? Ranks { get; init; }

    /// <summary>Whether each rank needs the whole state after every step, as for checkpoints within an epoch. Otherwise ranks may own parts of it until a pass has ended. Not a key of the configuration.</summary>
    public bool NeedsWholeState { get; init; }

    /// <summary>The logical processors that this process may use: with hyperthreads, two for each core.</summary>
    public int Cores => Ranks?.Cores ?? Environment.ProcessorCount;

    /// <summary>The cores behind <see cref="Cores"/>: a run takes no more threads until more are measured to be faster.</summary>
    public int PhysicalCores => Math.Max(1, Cores * ProcessorCores.Physical / Environment.ProcessorCount);

    /// <summary>The options for a dataset.</summary>
    /// <param name="data">Its figures.</param>
    public PipelineOptions For(DatasetOutline data) => this with { DecodesAhead = !data.IsInMemory };

    /// <summary>The number of leaves for a batch size.</summary>
    /// <param name="batchSize">Images of a step.</param>
    /// <param name="network">The network, whose layers may want larger leaves; null for one that does not.</param>
    public int LeavesFor(int batchSize, Network? network = null) => Leaves ?? LeafCut.DefaultLeaves(batchSize, network?.MinLeafSamples ?? 1);

    /// <summary>The number of workers for a batch size: as many as there are processors, and no more than can share a step.</summary>
    /// <param name="batchSize">Images of a step.</param>
    /// <param name="network">The network, whose layers may want whole leaves; null for one that does not.</param>
    public int WorkersFor(int batchSize, Network? network = null)
    {
        int leaves = LeavesFor(batchSize, network);
        bool mayShare = Exchange != ExchangeKind.FullGradients && !(network?.Layout.StatisticsLength > 0);
        return Workers ?? Math.Min(Cores, mayShare ? Math.Max(leaves, batchSize / FewestShared) : leaves);
    }

    /// <inheritdoc/>
    protected override string Section => "Pipeline";

    /// <inheritdoc/>
    protected override IReadOnlyList<Option> Declared => Options;
}
