using ConvNN.Training.Pipeline.Clocks;

namespace ConvNN.Training.Progress;

/// <summary>The progress of the current epoch; sent at regular intervals.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Step">Steps finished in it.</param>
/// <param name="Steps">Steps of the epoch.</param>
/// <param name="Samples">Samples seen in it.</param>
/// <param name="Loss">Mean loss over them, in nats; null before the first.</param>
/// <param name="Accuracy">Share of right answers among them, with dropout on; null before the first.</param>
/// <param name="ImagesPerSecond">Images per second since the previous event.</param>
/// <param name="Loads">What each stage has done in the epoch so far, in the order of the pipeline.</param>
public sealed record StepProgress(
    int Epoch, long Step, long Steps, int Samples, double? Loss, double? Accuracy, double ImagesPerSecond, IReadOnlyList<StageLoad> Loads)
    : TrainingEvent
{
    /// <summary>The time of all steps finished in it, also of those before the run was stopped and resumed.</summary>
    public TimeSpan Elapsed { get; init; }
}
