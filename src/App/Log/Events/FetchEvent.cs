using ConvNN.Data.Download;

namespace ConvNN.App.Log.Events;

/// <summary>The progress of a download.</summary>
/// <param name="Progress">The progress.</param>
/// <param name="BytesPerSecond">The recent speed; the average speed once the download is complete.</param>
/// <param name="Elapsed">How long it has taken so far.</param>
internal sealed record FetchEvent(DownloadProgress Progress, double BytesPerSecond, TimeSpan Elapsed) : RunEvent("fetch")
{
    /// <summary>The estimated time left; null if unknown.</summary>
    public TimeSpan? Left => BytesPerSecond > 0 && !Progress.IsComplete
        ? TimeSpan.FromSeconds((Progress.TotalBytes - Progress.Bytes) / BytesPerSecond)
        : null;

    /// <inheritdoc/>
    public override IEnumerable<Field> Fields =>
    [
        new("dataset", Progress.Dataset),
        new("bytes", Progress.Bytes),
        new("total_bytes", Progress.TotalBytes),
        new("bytes_per_second", Math.Round(BytesPerSecond)),
        new("seconds_left", Left is { } left ? Math.Round(left.TotalSeconds, 1) : null),
        Field.Seconds("seconds", Elapsed),
        new("mirror", Progress.Mirror),
    ];
}
