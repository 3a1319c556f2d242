namespace ConvNN.Training.Progress;

/// <summary>A finished epoch: training, then evaluation on the test part.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Dataset">Name of the dataset.</param>
/// <param name="LearningRate">The learning rate of its last step.</param>
/// <param name="Training">The result of training: loss and accuracy are running means with dropout on.</param>
/// <param name="Test">The result of the evaluation on the test part.</param>
/// <param name="WeightsSha256">SHA-256 of the weights, <see cref="Model.Parameters.ParameterLayout.Hash"/>.</param>
public sealed record EpochResult(
    int Epoch, string Dataset, double LearningRate, PassResult Training, PassResult Test, string WeightsSha256)
    : TrainingEvent
{
    /// <summary>The result of the evaluation on the validation part; null if there is none.</summary>
    public PassResult? Validation { get; init; }

    /// <summary><see cref="Test"/> with its weights.</summary>
    public TestResult TestResult => new(Test, WeightsSha256);

    /// <summary>Whether its weights are the best so far by validation; without a validation part the last epoch always is.</summary>
    public bool IsBest { get; init; } = true;

    /// <summary>Whether its weights are better on the validation part than those of another epoch: higher accuracy, or the same accuracy with a lower loss.</summary>
    /// <param name="other">An earlier epoch of the same run.</param>
    public bool IsBetterThan(EpochResult other) =>
        Validation is not { } mine || other.Validation is not { } others
        || mine.Correct > others.Correct || (mine.Correct == others.Correct && mine.LossSum < others.LossSum);
}
