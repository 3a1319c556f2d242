using System.Diagnostics;

namespace ConvNN.Training.Pipeline.Tuning;

/// <summary>
/// Finds out whether processors are free for further threads while others compute: it starts these threads, and each looks at the clock
/// for a few time slices of a scheduler. Where another program has the processor, there are gaps.
/// </summary>
internal sealed class ProcessorProbe
{
    // A thread that shares a processor waits for a time slice or two meanwhile.
    private static readonly TimeSpan Length = TimeSpan.FromMilliseconds(20);

    // Longer than an interrupt takes, shorter than a time slice.
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(0.5);

    // Of a processor that it shares with one thread, a thread gets a half.
    private const double Free = 0.75;

    private readonly double[] _shares;
    private readonly Thread[] _threads;

    /// <summary>Starts to look.</summary>
    /// <param name="threads">The further threads.</param>
    public ProcessorProbe(int threads)
    {
        _shares = new double[threads];
        _threads = new Thread[threads];
        long begin = Stopwatch.GetTimestamp();
        for (int i = 0; i < threads; i++)
        {
            int index = i;
            _threads[i] = new Thread(() => _shares[index] = Look(begin)) { IsBackground = true, Name = $"convnn probe {i}" };
            _threads[i].Start();
        }
    }

    /// <summary>Waits for the end, and tells whether each thread had a processor for itself.</summary>
    public bool HasRoom()
    {
        Array.ForEach(_threads, thread => thread.Join());
        return _shares.All(share => share >= Free);
    }

    /// <summary>Looks at the clock until the end.</summary>
    /// <param name="begin">When the thread was started: it may come late already.</param>
    /// <returns>The share of the time in which it ran.</returns>
    private static double Look(long begin)
    {
        long last = begin;
        TimeSpan missing = TimeSpan.Zero;
        while (last - begin < Length.TotalSeconds * Stopwatch.Frequency)
        {
            long now = Stopwatch.GetTimestamp();
            TimeSpan gap = Stopwatch.GetElapsedTime(last, now);
            missing += gap >= Gap ? gap : TimeSpan.Zero;
            last = now;
        }

        return 1 - (missing / Stopwatch.GetElapsedTime(begin, last));
    }
}
