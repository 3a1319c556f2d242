using ConvNN.Training;

namespace ConvNN.App.Output.Events;

/// <summary>How a run trains.</summary>
/// <param name="Training">What is learnt.</param>
/// <param name="Pipeline">How the work is done.</param>
/// <param name="Kernels">What computes: <c>AVX-512</c>.</param>
internal sealed record TrainEvent(TrainingOptions Training, PipelineOptions Pipeline, string Kernels) : RunEvent("train")
{
    /// <summary>Workers that share each batch.</summary>
    public int Workers => Pipeline.WorkersFor(Training.BatchSize);

    /// <inheritdoc/>
    public override IEnumerable<Field> Fields =>
    [
        new("optimizer", Training.Optimizer.ToString()),
        new("learning_rate", Training.LearningRate),
        new("loss", Training.Loss.ToString()),
        new("batch_size", Training.BatchSize),
        new("epochs", Training.Epochs),
        new("seed", Training.Seed),
        new("workers", Workers),
        new("leaves", Pipeline.LeavesFor(Training.BatchSize)),
        new("kernels", Kernels),
    ];
}
