namespace ConvNN.Training.Pipeline.Dataflow;

/// <summary>What the fan-out is told about a circulating batch.</summary>
/// <param name="Kind">What has happened to it.</param>
/// <param name="Batch">The batch.</param>
internal readonly record struct StepSignal(StepSignalKind Kind, MiniBatch Batch);

/// <summary>What can happen to a batch.</summary>
internal enum StepSignalKind
{
    /// <summary>It is filled and may go into a step.</summary>
    Ready,

    /// <summary>The pass had no more samples for it.</summary>
    Idle,

    /// <summary>Its step is finished: the permit for the next one.</summary>
    Finished,
}
