using ConvNN.Training.Pipeline.Clocks;
using ConvNN.Training.Progress;

namespace ConvNN.App.Log.Events;

/// <summary>How far an epoch is.</summary>
/// <param name="Progress">Where it stands.</param>
/// <param name="Epochs">Epochs that the run has.</param>
/// <param name="ImagesPerSecond">Images per second of late.</param>
/// <param name="Left">How long the run will still take, if it can be told.</param>
internal sealed record StepEvent(StepProgress Progress, int Epochs, double ImagesPerSecond, TimeSpan? Left) : RunEvent("step")
{
    /// <summary>Whether values are dropped, so that the accuracy is not that of the network as it will be used.</summary>
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
