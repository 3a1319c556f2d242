using ConvNN.Training.Evaluation;
using ConvNN.Training.Progress;

namespace ConvNN.App.Log.Events;

/// <summary>The result of a run.</summary>
/// <param name="Dataset">Name of the dataset.</param>
/// <param name="IsSample">Whether it is the embedded sample.</param>
/// <param name="Epochs">The number of finished epochs.</param>
/// <param name="Tested">The evaluation of the resulting weights on the test set.</param>
/// <param name="Elapsed">Time of training and evaluation.</param>
/// <param name="ImagesPerSecond">Images per second of training.</param>
internal sealed record DoneEvent(string Dataset, bool IsSample, int Epochs, TestResult Tested, TimeSpan Elapsed, double ImagesPerSecond)
    : RunEvent("done")
{
    /// <summary>The epoch of these weights, the best by validation; null if it is simply the last one.</summary>
    public int? BestEpoch { get; init; }

    /// <summary>The evaluation's figures.</summary>
    public PassResult Test => Tested.Pass;

    /// <summary>The number of misclassified test images.</summary>
    public int Wrong => Test.Samples - Test.Correct;

    /// <summary>The 95 % confidence interval of the accuracy.</summary>
    public (double Low, double High) Interval => WilsonInterval.Of(Test.Correct, Test.Samples);

    /// <inheritdoc/>
    public override IEnumerable<Field> Fields =>
    [
        new("dataset", Dataset),
        new("epochs", Epochs),
        .. BestEpoch is { } best ? new Field[] { new("best_epoch", best) } : [],
        new("test_loss", Test.Loss),
        new("test_accuracy", Test.Accuracy),
        new($"test_top_{PassResult.Top}_accuracy", Test.TopAccuracy),
        new("wrong", Wrong),
        new("test_images", Test.Samples),
        new("interval_low", Math.Round(Interval.Low, 6)),
        new("interval_high", Math.Round(Interval.High, 6)),
        Field.Seconds("seconds", Elapsed),
        Field.Speed(ImagesPerSecond),
        new("weights_sha256", Tested.WeightsSha256),
        .. DataEvent.Note(IsSample),
    ];
}
