using ConvNN.Training.Pipeline.Clocks;

namespace ConvNN.Training.Progress;

/// <summary>How far the epoch is; sent at an interval.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Step">Steps finished in it.</param>
/// <param name="Steps">Steps that it has.</param>
/// <param name="Samples">Samples seen in it.</param>
/// <param name="Loss">Mean loss over them, in nats.</param>
/// <param name="Accuracy">Share of them that was right, dropout being on.</param>
/// <param name="ImagesPerSecond">Images per second since the event before.</param>
/// <param name="Loads">What each stage has done in the epoch so far, in the order of the pipeline.</param>
public sealed record StepProgress(
    int Epoch, long Step, long Steps, int Samples, double Loss, double Accuracy, double ImagesPerSecond, IReadOnlyList<StageLoad> Loads)
    : TrainingEvent
{
    /// <summary>Time since the epoch began.</summary>
    public TimeSpan Elapsed { get; init; }
}
