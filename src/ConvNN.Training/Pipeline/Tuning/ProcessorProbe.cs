using System.Diagnostics;

namespace ConvNN.Training.Pipeline.Tuning;

/// <summary>
/// Finds out whether processors are free for further threads while others compute: it starts these threads, and each looks at the clock
/// for a few time slices of a scheduler. Where something else has the processor, there are gaps.
/// </summary>
/// <remarks>If that is this process itself, it is the compiler, which will end: then the process has all the processors that it asks for.</remarks>
internal sealed class ProcessorProbe
{
    // A thread that shares a processor waits for a time slice or two meanwhile.
    private static readonly TimeSpan Length = TimeSpan.FromMilliseconds(10);

    // Longer than an interrupt takes, shorter than a time slice.
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(0.5);

    // Of a processor that it shares with another program, a thread gets a half.
    private const double Free = 0.75;

    // Of two processors, one of which another program shares, the process gets three quarters.
    private const double Whole = 0.9;

    private readonly long _begin = Stopwatch.GetTimestamp();
    private readonly TimeSpan _used = Environment.CpuUsage.TotalTime;
    private readonly int _running;
    private readonly double[] _shares;
    private readonly Thread[] _threads;
    private double _processors;

    /// <summary>Starts to look.</summary>
    /// <param name="running">The threads that compute.</param>
    /// <param name="further">The further threads.</param>
    public ProcessorProbe(int running, int further)
    {
        _running = running;
        _shares = new double[further];
        _threads = [.. Enumerable.Range(0, further).Select(index => new Thread(() => Look(index)) { IsBackground = true, Name = $"convnn probe {index}" })];
        Array.ForEach(_threads, thread => thread.Start());
    }

    /// <summary>Waits for the end, and tells whether each further thread has a processor for itself.</summary>
    public bool HasRoom()
    {
        Array.ForEach(_threads, thread => thread.Join());
        return _shares.All(share => share >= Free) || _processors >= Whole * (_running + _threads.Length);
    }

    /// <summary>Looks at the clock from the time at which the thread was started, since it may come late already.</summary>
    private void Look(int index)
    {
        long last = _begin;
        TimeSpan missing = TimeSpan.Zero;
        while (Stopwatch.GetElapsedTime(_begin, last) < Length)
        {
            long now = Stopwatch.GetTimestamp();
            TimeSpan gap = Stopwatch.GetElapsedTime(last, now);
            missing += gap >= Gap ? gap : TimeSpan.Zero;
            last = now;
        }

        TimeSpan elapsed = Stopwatch.GetElapsedTime(_begin, last);
        _shares[index] = 1 - (missing / elapsed);
        if (index == 0)
        {
            _processors = (Environment.CpuUsage.TotalTime - _used) / elapsed;
        }
    }
}
