using ConvNN.Data.Augmentations;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;
using ConvNN.Training.Schedules;

namespace ConvNN.App.Log.Events;

/// <summary>How a run trains.</summary>
/// <param name="Training">The training options.</param>
/// <param name="Kernels">The kernels in use: <c>AVX-512</c>.</param>
internal sealed record TrainEvent(TrainingOptions Training, string Kernels) : RunEvent("train")
{
    /// <summary>The most workers that share a batch.</summary>
    public required int Workers { get; init; }

    /// <summary>The number of threads that is taken to be the fastest until another is measured to be.</summary>
    public required int Threads { get; init; }

    /// <summary>P, the number of leaves of a step.</summary>
    public required int Leaves { get; init; }

    /// <summary>How gradients are exchanged.</summary>
    public required ExchangeKind Exchange { get; init; }

    /// <summary>Why they are exchanged so.</summary>
    public required string ExchangeReason { get; init; }

    /// <summary>The number of processes that train together.</summary>
    public int Ranks { get; init; } = 1;

    /// <inheritdoc/>
    public override IEnumerable<Field> Fields =>
    [
        new("optimizer", Training.Optimizer.ToString()),
        new("learning_rate", Training.LearningRate),
        .. Recipe,
        .. Local,
        new("loss", Training.Loss.ToString()),
        new("batch_size", Training.BatchSize),
        new("epochs", Training.Epochs),
        new("seed", Training.Seed),
        new("workers", Workers),
        new("threads", Threads),
        new("leaves", Leaves),
        new("exchange", ExchangeWord(Exchange)),
        new("exchange_reason", ExchangeReason),
        new("kernels", Kernels),
    ];

    /// <summary>The event of a plan.</summary>
    /// <param name="training">The training options.</param>
    /// <param name="plan">How steps are divided.</param>
    /// <param name="kernels">The kernels in use.</param>
    public static TrainEvent Of(TrainingOptions training, PipelinePlan plan, string kernels) =>
        new(training, kernels) { Workers = plan.Workers, Threads = plan.Threads, Leaves = plan.Leaves, Exchange = plan.Exchange, ExchangeReason = plan.ExchangeReason };

    /// <summary>The word for an exchange in logs, the same as in the configuration.</summary>
    public static string ExchangeWord(ExchangeKind exchange) => PipelineOptions.ExchangeWords.First(word => word.Value == exchange).Key;

    /// <summary>How the ranks train by themselves; the weights depend on all of it.</summary>
    private IEnumerable<Field> Local => Training.SharesSteps
        ? []
        :
        [
            new("local_steps", Training.Local.LocalSteps),
            new("outer_rate", Training.Local.OuterRate),
            new("outer_momentum", Training.Local.OuterMomentum),
            new("ranks", Ranks),
        ];

    /// <summary>The training options that differ from their defaults.</summary>
    private IEnumerable<Field> Recipe => new Field[]
    {
        new("schedule", Training.Schedule is ConstantSchedule { Warmup: 0 } ? null : Training.Schedule.ToString()),
        new("augmentation", Training.Augmentation is NoAugmentation ? null : Training.Augmentation.ToString()),
        new("clip_norm", Training.ClipNorm),
        new("clip_value", Training.ClipValue),
        new("average_decay", Training.AverageDecay),
        new("accumulate", Training.Accumulate > 1 ? Training.Accumulate : null),
        new("patience", Training.Patience),
        new("class_weights", Training.ClassWeights),
    }.Where(given => given.Value is not null);
}
