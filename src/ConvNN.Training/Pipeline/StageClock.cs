using System.Diagnostics;

namespace ConvNN.Training.Pipeline;

/// <summary>What a stage of the pipeline did: messages finished, and the time spent on them. Waiting is not counted.</summary>
/// <param name="name">The stage, as the log calls it.</param>
/// <param name="threads">Threads that can work on it at a time.</param>
internal sealed class StageClock(string name, int threads)
{
    private long _busyTicks;
    private long _messages;

    /// <summary>The stage, as the log calls it.</summary>
    public string Name { get; } = name;

    /// <summary>Messages finished.</summary>
    public long Messages => Volatile.Read(ref _messages);

    /// <summary>Notes that a message is finished.</summary>
    /// <param name="started"><see cref="Stopwatch.GetTimestamp"/> when the work on it began.</param>
    public void Finish(long started)
    {
        Interlocked.Add(ref _busyTicks, Stopwatch.GetTimestamp() - started);
        Interlocked.Increment(ref _messages);
    }

    /// <summary>Starts to count from zero.</summary>
    public void Reset()
    {
        Interlocked.Exchange(ref _busyTicks, 0);
        Interlocked.Exchange(ref _messages, 0);
    }

    /// <summary>The share of an interval that the stage was busy.</summary>
    /// <param name="elapsedTicks">The interval, in ticks of <see cref="Stopwatch"/>.</param>
    public StageLoad Load(long elapsedTicks) =>
        new(Name, elapsedTicks == 0 ? 0 : Volatile.Read(ref _busyTicks) / ((double)elapsedTicks * threads));
}
