namespace ConvNN.Training.Progress;

/// <summary>A finished epoch: training, then evaluation on the test part.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Dataset">Name of the dataset.</param>
/// <param name="LearningRate">The learning rate of its last step.</param>
/// <param name="Training">What training gave: loss and accuracy are running means, dropout being on.</param>
/// <param name="Test">What evaluation gave.</param>
/// <param name="WeightsSha256">SHA-256 of the weights, <see cref="Model.Parameters.ParameterLayout.Hash"/>.</param>
public sealed record EpochResult(
    int Epoch, string Dataset, double LearningRate, PassResult Training, PassResult Test, string WeightsSha256)
    : TrainingEvent
{
    /// <summary>What evaluation on the validation part gave; null when there is none.</summary>
    public PassResult? Validation { get; init; }

    /// <summary>Whether its weights are the best so far by validation; without a validation part the last epoch always is.</summary>
    public bool IsBest { get; init; } = true;

    /// <summary>Whether its weights do better than those of another epoch by validation: higher accuracy, or the same with a lower loss.</summary>
    /// <param name="other">An earlier epoch of the same run.</param>
    public bool IsBetterThan(EpochResult other) =>
        Validation is not { } mine || other.Validation is not { } others
        || mine.Correct > others.Correct || (mine.Correct == others.Correct && mine.LossSum < others.LossSum);
}
