using ConvNN.Training;
using ConvNN.Training.Pipeline;

namespace ConvNN.App.Output.Events;

/// <summary>How a run trains.</summary>
/// <param name="Training">What is learnt.</param>
/// <param name="Kernels">What computes: <c>AVX-512</c>.</param>
internal sealed record TrainEvent(TrainingOptions Training, string Kernels) : RunEvent("train")
{
    /// <summary>Workers that share each batch.</summary>
    public required int Workers { get; init; }

    /// <summary>Threads that they run on.</summary>
    public required int Threads { get; init; }

    /// <summary>P, the leaves of a step.</summary>
    public required int Leaves { get; init; }

    /// <summary>How gradients come together.</summary>
    public required ExchangeKind Exchange { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<Field> Fields =>
    [
        new("optimizer", Training.Optimizer),
        new("learning_rate", Training.LearningRate),
        new("loss", Training.Loss),
        new("batch_size", Training.BatchSize),
        new("epochs", Training.Epochs),
        new("seed", Training.Seed),
        new("workers", Workers),
        new("threads", Threads),
        new("leaves", Leaves),
        new("exchange", Exchange == ExchangeKind.OwnedRows ? "owned-rows" : "full-gradients"),
        new("kernels", Kernels),
    ];

    /// <summary>The event of a plan.</summary>
    /// <param name="training">What is learnt.</param>
    /// <param name="plan">How steps are divided.</param>
    /// <param name="kernels">What computes.</param>
    public static TrainEvent Of(TrainingOptions training, PipelinePlan plan, string kernels) =>
        new(training, kernels) { Workers = plan.Workers, Threads = plan.Threads, Leaves = plan.Leaves, Exchange = plan.Exchange };
}
