using ConvNN.Model.Options;

namespace ConvNN.App.Configuration;

/// <summary>Several processes that train together: section <c>Cluster</c> of the configuration.</summary>
internal sealed record ClusterOptions : CheckedOptions
{
    /// <summary>The words for what connects ranks; <c>auto</c> is MPI where a launcher has started several.</summary>
    public static readonly IReadOnlyDictionary<string, ClusterEngine> EngineWords = new Dictionary<string, ClusterEngine>(StringComparer.OrdinalIgnoreCase)
    {
        ["auto"] = ClusterEngine.Auto,
        ["mpi"] = ClusterEngine.Mpi,
        ["none"] = ClusterEngine.None,
    };

    /// <summary>The declarations of the options.</summary>
    public static IReadOnlyList<Option> Options { get; } =
    [
        Option.Of(
            "Engine",
            ValueKinds.Word(EngineWords),
            (ClusterOptions o) => o.Engine,
            (o, v) => o with { Engine = v },
            "what connects the processes that train together: auto uses MPI where mpirun, mpiexec or srun has started several; none lets each train alone"),
        Option.Of(
            "Deadline",
            ValueKinds.Seconds,
            (ClusterOptions o) => o.Deadline,
            (o, v) => o with { Deadline = v },
            "seconds that a rank waits for the others before it takes one for lost"),
    ];

    /// <summary>What connects the ranks.</summary>
    public ClusterEngine Engine { get; init; }

    /// <summary>The longest that a rank waits for the others.</summary>
    public TimeSpan Deadline { get; init => field = Checked(value); } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    protected override string Section => "Cluster";

    /// <inheritdoc/>
    protected override IReadOnlyList<Option> Declared => Options;
}
