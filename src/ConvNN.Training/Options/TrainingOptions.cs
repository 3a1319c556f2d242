using ConvNN.Data.Augmentations;
using ConvNN.Model.Losses;
using ConvNN.Training.Optimizers;
using ConvNN.Training.Schedules;

namespace ConvNN.Training.Options;

/// <summary>What is learnt from the data: section <c>Training</c> of the configuration. Each value changes the weights that come out.</summary>
public sealed record TrainingOptions
{
    /// <summary>The most epochs that a run may have.</summary>
    public const int MaxEpochs = 1_000_000;

    /// <summary>The largest batch.</summary>
    public const int MaxBatchSize = 65_536;

    /// <summary>The highest learning rate.</summary>
    public const float MaxLearningRate = 1e6f;

    /// <summary>Times that every training image is seen.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Images of a step.</summary>
    public int BatchSize { get; init; } = 10;

    /// <summary>η of the optimizer.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>How gradients change the weights; a name stands for an optimizer with its defaults.</summary>
    public OptimizerOptions Optimizer { get; init; } = new SgdOptions();

    /// <summary>How <see cref="LearningRate"/> changes from step to step; a name stands for a schedule with its defaults.</summary>
    public ScheduleOptions Schedule { get; init; } = new ConstantSchedule();

    /// <summary>The largest norm of a step's mean gradient: a longer one is scaled down to it. Null for no limit.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>The largest absolute value in a step's mean gradient: what is beyond is set to it. Null for no limit.</summary>
    public double? ClipValue { get; init; }

    /// <summary>
    /// The decay of a moving average of the weights, in (0, 1), which is evaluated and saved in their place
    /// (<see cref="WeightAverage"/>). Null for none.
    /// </summary>
    public double? AverageDecay { get; init; }

    /// <summary>How training images are changed at random, key <c>Data:Augmentation</c>; a name stands for its defaults.</summary>
    public AugmentationOptions Augmentation { get; init; } = new NoAugmentation();

    /// <summary>Batches whose mean gradients make one step of the optimizer (<see cref="GradientAccumulation"/>).</summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>Epochs without a better one, by validation, after which the run ends; null to train all epochs.</summary>
    public int? Patience { get; init; }

    /// <summary>How much the samples of each class count: <c>balanced</c>, or numbers joined by commas (<see cref="Losses.ClassWeights"/>). Null for all the same.</summary>
    public string? ClassWeights { get; init; }

    /// <summary>Whether a step needs the whole mean gradient before any weight changes, beyond knowing that it is finite.</summary>
    public bool NeedsWholeGradient => ClipNorm is not null;

    /// <summary>What training makes small; a name stands for a loss with its defaults.</summary>
    public LossOptions Loss { get; init; } = new CrossEntropyOptions();

    /// <summary>The seed of all random numbers of a run.</summary>
    public ulong Seed { get; init; } = 1;
}
