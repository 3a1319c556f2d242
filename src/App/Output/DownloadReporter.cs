using System.Globalization;
using ConvNN.App.Output.Events;
using ConvNN.Data.Download;

namespace ConvNN.App.Output;

/// <summary>Prints how far a download is, as events: one when a mirror begins to send, one at each interval, one when all is there.</summary>
/// <param name="log">Where to.</param>
/// <param name="interval">Time between two lines.</param>
/// <param name="time">The clock.</param>
internal sealed class DownloadReporter(RunLog log, TimeSpan interval, TimeProvider time) : IProgress<DownloadProgress>
{
    private const double Megabyte = 1e6;
    private readonly Lock _gate = new();
    private (long Bytes, long Time)? _begin;
    private string? _mirror;
    private long _printed;

    /// <inheritdoc/>
    public void Report(DownloadProgress value)
    {
        lock (_gate)
        {
            if (value.Notice is { } notice)
            {
                log.Write(new TextEvent("fetch", $"{value.Dataset}: {notice}", new Field("dataset", value.Dataset), new Field("text", notice)));
                return;
            }

            // What an earlier run has fetched says nothing of the speed of this one.
            _begin ??= (value.Bytes, time.GetTimestamp());
            if (_mirror != value.Mirror || value.Bytes == value.TotalBytes || time.GetElapsedTime(_printed) >= interval)
            {
                _mirror = value.Mirror;
                _printed = time.GetTimestamp();
                log.Write(EventOf(value));
            }
        }
    }

    private TextEvent EventOf(DownloadProgress value)
    {
        (long bytes, long begin) = _begin!.Value;
        double seconds = time.GetElapsedTime(begin).TotalSeconds;
        double speed = seconds > 0 ? (value.Bytes - bytes) / seconds : 0;
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"{value.Dataset}: {value.Bytes / Megabyte:0.0} of {value.TotalBytes / Megabyte:0.0} MB, {speed / Megabyte:0.0} MB/s from {value.Mirror}");
        return new TextEvent(
            "fetch",
            text,
            new Field("dataset", value.Dataset),
            new Field("bytes", value.Bytes),
            new Field("total_bytes", value.TotalBytes),
            new Field("bytes_per_second", Math.Round(speed)),
            new Field("mirror", value.Mirror));
    }
}
