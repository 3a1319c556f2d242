using ConvNN.Training;
using ConvNN.Training.Schedules;

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
        .. Recipe,
        new("loss", Training.Loss.ToString()),
        new("batch_size", Training.BatchSize),
        new("epochs", Training.Epochs),
        new("seed", Training.Seed),
        new("workers", Workers),
        new("leaves", Pipeline.LeavesFor(Training.BatchSize)),
        new("kernels", Kernels),
    ];

    /// <summary>What is not as it is without being asked for.</summary>
    private IEnumerable<Field> Recipe => new Field[]
    {
        new("schedule", Training.Schedule is ConstantSchedule { Warmup: 0 } ? null : Training.Schedule.ToString()),
        new("clip_norm", Training.ClipNorm),
        new("clip_value", Training.ClipValue),
        new("average_decay", Training.AverageDecay),
        new("accumulate", Training.Accumulate > 1 ? Training.Accumulate : null),
        new("patience", Training.Patience),
        new("class_weights", Training.ClassWeights),
    }.Where(given => given.Value is not null);
}
