namespace ConvNN.Training.Checkpoints;

/// <summary>When checkpoints are taken and which are kept: section <c>Checkpoints</c> of the configuration. Changes no weights.</summary>
public sealed record CheckpointOptions
{
    /// <summary>The largest interval, and the most checkpoints that are kept.</summary>
    public const int Max = 1_000_000;

    /// <summary>When they are taken.</summary>
    public CheckpointStrategy Strategy { get; init; } = CheckpointStrategy.Epochs;

    /// <summary>The n of the strategy: epochs, parts of an epoch, steps or seconds.</summary>
    public int Every { get; init; } = 1;

    /// <summary>Whether weights and optimizer are kept, so that a run can go on; else only what has happened.</summary>
    public bool KeepsState { get; init; } = true;

    /// <summary>How many of the newest are kept; the best is, too.</summary>
    public int Keep { get; init; } = 3;
}
