namespace ConvNN.Training.Pipeline.Dataflow;

/// <summary>What the fan-out is told.</summary>
internal enum StepSignal
{
    /// <summary>A batch is filled and may go into a step.</summary>
    Ready,

    /// <summary>The pass had no more samples for a batch.</summary>
    Idle,

    /// <summary>A step is finished, and none has begun after it: the permit for the next one.</summary>
    Finished,
}
