using System.Diagnostics;

namespace ConvNN.Training.Pipeline.Clocks;

/// <summary>How one block of a stage spends its time: working, waiting to hand on, or otherwise waiting for work.</summary>
/// <remarks>A block handles one message at a time, so a lane has one writer. A message costs two timestamps and no lock.</remarks>
internal sealed class StageLane
{
    private IntervalSum _busy;
    private IntervalSum _blocked;
    private bool _isBlocked;
    private long _messages;

    /// <summary>Messages finished.</summary>
    public long Messages => Volatile.Read(ref _messages);

    /// <summary>Notes that the work on a message begins.</summary>
    public void Begin()
    {
        long now = Stopwatch.GetTimestamp();
        if (_isBlocked)
        {
            _blocked.Close(now);
        }

        _busy.Open(now);
    }

    /// <summary>Notes that the work on a message pauses because it waits for others.</summary>
    public void Pause() => _busy.Close(Stopwatch.GetTimestamp());

    /// <summary>Notes that the work on a message continues.</summary>
    public void Resume() => _busy.Open(Stopwatch.GetTimestamp());

    /// <summary>Notes that the work on a message is finished.</summary>
    /// <param name="isBlocked">Whether the block now waits for its output or a permit, rather than for input.</param>
    public void Finish(bool isBlocked = false)
    {
        long now = Stopwatch.GetTimestamp();
        _busy.Close(now);
        if (isBlocked)
        {
            _blocked.Open(now);
        }

        _isBlocked = isBlocked;
        Volatile.Write(ref _messages, _messages + 1);
    }

    /// <summary>Ticks of work up to now.</summary>
    public long BusyTicks(long now) => _busy.Ticks(now);

    /// <summary>Ticks of waiting to hand on, up to now.</summary>
    public long BlockedTicks(long now) => _blocked.Ticks(now);
}
