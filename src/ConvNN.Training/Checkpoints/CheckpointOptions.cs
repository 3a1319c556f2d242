using ConvNN.Model.Options;

namespace ConvNN.Training.Checkpoints;

/// <summary>When checkpoints are taken and which are kept: section <c>Checkpoints</c> of the configuration. Changes no weights.</summary>
public sealed record CheckpointOptions : CheckedOptions
{
    private const int Max = 1_000_000;

    /// <summary>The words for when checkpoints are taken.</summary>
    public static readonly IReadOnlyDictionary<string, CheckpointStrategy> StrategyWords = new Dictionary<string, CheckpointStrategy>(StringComparer.OrdinalIgnoreCase)
    {
        ["never"] = CheckpointStrategy.Never,
        ["epochs"] = CheckpointStrategy.Epochs,
        ["parts"] = CheckpointStrategy.Parts,
        ["steps"] = CheckpointStrategy.Steps,
        ["seconds"] = CheckpointStrategy.Seconds,
        ["best-training"] = CheckpointStrategy.BestTraining,
        ["best-validation"] = CheckpointStrategy.BestValidation,
    };

    /// <summary>The words for what checkpoints hold.</summary>
    public static readonly IReadOnlyDictionary<string, bool> ContentWords = new Dictionary<string, bool>(StringComparer.OrdinalIgnoreCase)
    {
        ["state"] = true,
        ["metadata"] = false,
    };

    /// <summary>The declarations of the options, in the order of the help.</summary>
    public static IReadOnlyList<Option> Options { get; } =
    [
        Option.Of(
            "Strategy",
            ValueKinds.Word(StrategyWords),
            (CheckpointOptions o) => o.Strategy,
            (o, v) => o with { Strategy = v },
            "when checkpoints are saved: after every n-th epoch, part of an epoch, step or second, or when an epoch is the best so far; except with never, one is also saved at the end"),
        Option.Of(
            "Every",
            ValueKinds.Integer(1, Max),
            (CheckpointOptions o) => o.Every,
            (o, v) => o with { Every = v },
            "the n of the strategy; for parts, the number of parts in an epoch"),
        Option.Of(
            "Content",
            ValueKinds.Word(ContentWords),
            (CheckpointOptions o) => o.KeepsState,
            (o, v) => o with { KeepsState = v },
            "state: weights and optimizer, so that a run can resume; metadata: only what has happened"),
        Option.Of(
            "Keep",
            ValueKinds.Integer(1, Max),
            (CheckpointOptions o) => o.Keep,
            (o, v) => o with { Keep = v },
            "how many of the newest checkpoints are kept; the best is always kept"),
    ];

    /// <summary>When they are taken.</summary>
    public CheckpointStrategy Strategy { get; init; } = CheckpointStrategy.Epochs;

    /// <summary>The n of the strategy: epochs, parts of an epoch, steps or seconds.</summary>
    public int Every { get; init => field = Checked(value); } = 1;

    /// <summary>Whether weights and optimizer state are kept, so that a run can continue; otherwise only its history is.</summary>
    public bool KeepsState { get; init; } = true;

    /// <summary>How many of the newest are kept; the best is kept, too.</summary>
    public int Keep { get; init => field = Checked(value); } = 3;

    /// <summary>Whether checkpoints are taken between two steps of an epoch, and not only after epochs.</summary>
    public bool IsWithinEpochs => Strategy is CheckpointStrategy.Parts or CheckpointStrategy.Steps or CheckpointStrategy.Seconds;

    /// <inheritdoc/>
    protected override string Section => "Checkpoints";

    /// <inheritdoc/>
    protected override IReadOnlyList<Option> Declared => Options;
}
