using System.Diagnostics;

namespace ConvNN.Training.Pipeline.Tuning;

/// <summary>
/// Finds out whether processors are free for further threads while others compute: it starts these threads, and each looks at the clock
/// for a few time slices of a scheduler. Where something else has the processor, there are gaps.
/// </summary>
internal sealed class ProcessorProbe
{
    // A thread that shares a processor waits for a time slice or two meanwhile.
    private static readonly TimeSpan Length = TimeSpan.FromMilliseconds(10);

    // Longer than an interrupt takes, shorter than a time slice.
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(0.5);

    // Of a processor that it shares with another program, a thread lacks a half. It ends as soon as this is clear, and takes no more from
    // the thread beside which the scheduler has put it.
    private static readonly TimeSpan MostMissing = Length / 4;

    private readonly bool[] _isFree;
    private readonly Thread[] _threads;

    /// <summary>Starts to look.</summary>
    /// <param name="further">The further threads.</param>
    public ProcessorProbe(int further)
    {
        _isFree = new bool[further];
        _threads = [.. Enumerable.Range(0, further).Select(index => new Thread(begin => _isFree[index] = Look((long)begin!)) { IsBackground = true, Name = $"convnn probe {index}" })];
        Array.ForEach(_threads, thread => thread.Start(Stopwatch.GetTimestamp()));
    }

    /// <summary>Waits for the end, and tells whether each further thread has a processor for itself.</summary>
    public bool HasRoom()
    {
        Array.ForEach(_threads, thread => thread.Join());
        return _isFree.All(isFree => isFree);
    }

    /// <summary>Looks at the clock from the time at which the thread was started, since it may come late already.</summary>
    private static bool Look(long begin)
    {
        long last = begin;
        TimeSpan missing = TimeSpan.Zero;
        while (missing <= MostMissing && Stopwatch.GetElapsedTime(begin, last) < Length)
        {
            long now = Stopwatch.GetTimestamp();
            TimeSpan gap = Stopwatch.GetElapsedTime(last, now);
            missing += gap >= Gap ? gap : TimeSpan.Zero;
            last = now;
        }

        return missing <= MostMissing;
    }
}
