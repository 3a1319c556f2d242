using ConvNN.App.Log.Events;
using ConvNN.Data.Download;

namespace ConvNN.App.Log;

/// <summary>
/// Logs the progress of a download: for everybody when a mirror is contacted, at each interval and at the end; for a
/// terminal's status line, several times a second.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="interval">Time between two events for everybody.</param>
/// <param name="time">The clock.</param>
internal sealed class DownloadReporter(RunLog log, TimeSpan interval, TimeProvider time) : IProgress<DownloadProgress>
{
    private static readonly TimeSpan Blink = TimeSpan.FromSeconds(0.1);

    private readonly Lock _gate = new();
    private readonly DownloadPace _pace = new(time);
    private (long Bytes, long Time)? _begin;
    private string? _mirror;
    private long _arrived;
    private long _told;
    private long _shown;

    /// <inheritdoc/>
    public void Report(DownloadProgress value)
    {
        lock (_gate)
        {
            if (value.Notice is { } notice)
            {
                log.Write(new TextEvent("retry", $"{value.Dataset:dataset}: {notice:text}"));
                return;
            }

            _begin ??= (value.Bytes, time.GetTimestamp());
            if (value.Bytes > _arrived && _arrived == 0)
            {
                // Bytes from an earlier attempt say nothing about the speed of this one.
                _pace.Restart();
                _begin = (value.Bytes, _begin.Value.Time);
            }

            _arrived = value.Bytes;
            _pace.Add(value.Bytes);
            Tell(value);
        }
    }

    private void Tell(DownloadProgress value)
    {
        bool isDue = _mirror != value.Mirror || value.IsComplete || time.GetElapsedTime(_told) >= interval;
        if (!isDue && time.GetElapsedTime(_shown) < Blink)
        {
            return;
        }

        _mirror = value.Mirror;
        _shown = time.GetTimestamp();
        _told = isDue ? _shown : _told;
        (long bytes, long begin) = _begin!.Value;
        TimeSpan elapsed = time.GetElapsedTime(begin);
        double speed = value.IsComplete && elapsed > TimeSpan.Zero ? (value.Bytes - bytes) / elapsed.TotalSeconds : _pace.BytesPerSecond;
        log.Write(new FetchEvent(value, speed, elapsed) { Audience = isDue ? Audience.Everybody : Audience.StatusLine });
    }
}
