using System.Globalization;
using ConvNN.Data.Download;

namespace ConvNN.App.Output;

/// <summary>Prints how far a download is, as plain lines: one when a mirror begins to send, one at each interval, one when all is there.</summary>
/// <param name="output">Where to.</param>
/// <param name="interval">Time between two lines.</param>
/// <param name="time">The clock.</param>
internal sealed class DownloadReporter(LineWriter output, TimeSpan interval, TimeProvider time) : IProgress<DownloadProgress>
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
                output.Write($"fetch   {value.Dataset}: {notice}");
                return;
            }

            // What an earlier run has fetched says nothing of the speed of this one.
            _begin ??= (value.Bytes, time.GetTimestamp());
            if (_mirror != value.Mirror || value.Bytes == value.TotalBytes || time.GetElapsedTime(_printed) >= interval)
            {
                _mirror = value.Mirror;
                _printed = time.GetTimestamp();
                output.Write(Line(value));
            }
        }
    }

    private string Line(DownloadProgress value)
    {
        (long bytes, long begin) = _begin!.Value;
        double seconds = time.GetElapsedTime(begin).TotalSeconds;
        double speed = seconds > 0 ? (value.Bytes - bytes) / seconds : 0;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"fetch   {value.Dataset}: {value.Bytes / Megabyte:0.0} of {value.TotalBytes / Megabyte:0.0} MB, {speed / Megabyte:0.0} MB/s from {value.Mirror}");
    }
}
