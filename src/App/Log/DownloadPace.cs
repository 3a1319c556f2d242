namespace ConvNN.App.Log;

/// <summary>The recent speed of a download.</summary>
/// <param name="time">The clock.</param>
internal sealed class DownloadPace(TimeProvider time)
{
    // Long enough not to flicker, short enough to follow a connection that has slowed down.
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(3);

    private readonly Queue<(long Time, long Bytes)> _reports = [];
    private long _bytes;

    /// <summary>Bytes per second.</summary>
    public double BytesPerSecond
    {
        get
        {
            if (_reports.Count == 0)
            {
                return 0;
            }

            (long since, long bytes) = _reports.Peek();
            double seconds = time.GetElapsedTime(since).TotalSeconds;
            return seconds > 0 ? (_bytes - bytes) / seconds : 0;
        }
    }

    /// <summary>Forgets earlier reports; call it when the byte count restarts.</summary>
    public void Restart() => _reports.Clear();

    /// <summary>Records how many bytes have arrived.</summary>
    public void Add(long bytes)
    {
        if (bytes < _bytes)
        {
            Restart();
        }

        _bytes = bytes;
        _reports.Enqueue((time.GetTimestamp(), bytes));
        while (_reports.Count > 2 && time.GetElapsedTime(_reports.Peek().Time) > Window)
        {
            _reports.Dequeue();
        }
    }
}
