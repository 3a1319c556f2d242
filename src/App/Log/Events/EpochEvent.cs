using ConvNN.Training.Progress;

namespace ConvNN.App.Log.Events;

/// <summary>A finished epoch.</summary>
/// <param name="Result">Its result.</param>
/// <param name="Epochs">The number of epochs of the run.</param>
/// <param name="IsSample">Whether it was trained on the embedded sample.</param>
internal sealed record EpochEvent(EpochResult Result, int Epochs, bool IsSample) : RunEvent("epoch")
{
    /// <summary>Whether dropout was on, so that the training accuracy is not that of the network at inference.</summary>
    public bool HasDropout { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<Field> Fields =>
    [
        new("epoch", Result.Epoch),
        new("epochs", Epochs),
        new("dataset", Result.Dataset),
        new("learning_rate", Result.LearningRate),
        new("train_loss", Result.Training.Loss),
        new("train_accuracy", Result.Training.Accuracy),
        new("dropout", HasDropout),
        new("test_loss", Result.Test.Loss),
        new("test_accuracy", Result.Test.Accuracy),
        new($"test_top_{PassResult.Top}_accuracy", Result.Test.TopAccuracy),
        .. Result.Validation is { } validation
            ? new Field[] { new("validation_loss", validation.Loss), new("validation_accuracy", validation.Accuracy), new("best", Result.IsBest) }
            : [],
        Field.Seconds("seconds", Result.Training.Elapsed),
        Field.Speed(Result.Training.ImagesPerSecond),
        new("limit", Result.Training.Limit.Stage),
        .. StepEvent.Busy(Result.Training.Loads),
        new("weights_sha256", Result.WeightsSha256),
        .. DataEvent.Note(IsSample),
    ];
}
