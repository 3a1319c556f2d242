using ConvNN.Training.Pipeline.Clocks;
using ConvNN.Training.Progress;

namespace ConvNN.App.Log.Events;

/// <summary>The progress of an epoch.</summary>
/// <param name="Progress">The progress.</param>
/// <param name="Epochs">The number of epochs of the run.</param>
/// <param name="ImagesPerSecond">The recent speed.</param>
/// <param name="Left">The estimated time left in the run; null if unknown.</param>
internal sealed record StepEvent(StepProgress Progress, int Epochs, double ImagesPerSecond, TimeSpan? Left) : RunEvent("step")
{
    /// <summary>Whether dropout is on, so that the accuracy is not that of the network at inference.</summary>
    public bool HasDropout { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<Field> Fields =>
    [
        new("epoch", Progress.Epoch),
        new("epochs", Epochs),
        new("step", Progress.Step),
        new("steps", Progress.Steps),
        new("images", Progress.Samples),
        new("train_loss", Progress.Loss),
        new("train_accuracy", Progress.Accuracy),
        new("dropout", HasDropout),
        Field.Speed(ImagesPerSecond),
        new("seconds_left", Left is { } left ? Math.Round(left.TotalSeconds, 1) : null),
        .. Busy(Progress.Loads),
    ];

    /// <summary>The busy share of each stage.</summary>
    public static IEnumerable<Field> Busy(IReadOnlyList<StageLoad> loads) => loads.Select(load => Field.Share($"{load.Stage}_busy", load.Busy));
}
