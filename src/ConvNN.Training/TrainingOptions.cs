using ConvNN.Model.Losses;
using ConvNN.Training.Optimizers;

namespace ConvNN.Training;

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

    /// <summary>What training makes small; a name stands for a loss with its defaults.</summary>
    public LossOptions Loss { get; init; } = new CrossEntropyOptions();

    /// <summary>The seed of all random numbers of a run.</summary>
    public ulong Seed { get; init; } = 1;
}
