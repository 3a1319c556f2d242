using ConvNN.Data.Download;

namespace ConvNN.App.Log.Events;

/// <summary>How far a download is.</summary>
/// <param name="Progress">Where it stands.</param>
/// <param name="BytesPerSecond">Bytes per second of late; on the average once all is there.</param>
/// <param name="Elapsed">How long it has taken so far.</param>
internal sealed record FetchEvent(DownloadProgress Progress, double BytesPerSecond, TimeSpan Elapsed) : RunEvent("fetch")
{
    /// <summary>How long it will still take, null if that cannot be told.</summary>
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
