using System.Diagnostics;
using ConvNN.Training.Pipeline.Clocks;

namespace ConvNN.Training.Metrics;

/// <summary>The totals of a stage over all pipelines so far. A reading can be a few ticks below the previous one; the reported values never decrease.</summary>
/// <param name="name">The stage.</param>
internal sealed class StageTotals(string name)
{
    /// <summary>The states of a thread, in the order of <see cref="Seconds"/>.</summary>
    public static readonly IReadOnlyList<string> States = ["busy", "blocked", "starved"];

    private readonly long[] _before = new long[States.Count];
    private readonly long[] _ticks = new long[States.Count];
    private long _itemsBefore;

    /// <summary>The stage.</summary>
    public string Name => name;

    /// <summary>Messages finished.</summary>
    public long Items { get; private set; }

    /// <summary>Messages that wait before it.</summary>
    public int QueueDepth { get; private set; }

    /// <summary>The most that can wait.</summary>
    public int QueueCapacity { get; private set; }

    /// <summary>Seconds that its threads have spent in a state of <see cref="States"/>.</summary>
    public double Seconds(int state) => (double)_ticks[state] / Stopwatch.Frequency;

    /// <summary>Takes the stage's counters from the running pipelines.</summary>
    public void Read(IReadOnlyList<StageTimes> running)
    {
        for (int state = 0; state < States.Count; state++)
        {
            _ticks[state] = Math.Max(_ticks[state], _before[state] + running.Sum(times => TicksOf(times, state)));
        }

        Items = _itemsBefore + running.Sum(times => times.Messages);
        (QueueDepth, QueueCapacity) = (running.Sum(times => times.QueueDepth), running.Sum(times => times.QueueCapacity));
    }

    /// <summary>Keeps the counts of a pipeline that ends.</summary>
    public void Leave(StageTimes times)
    {
        for (int state = 0; state < States.Count; state++)
        {
            _before[state] += TicksOf(times, state);
            _ticks[state] = Math.Max(_ticks[state], _before[state]);
        }

        _itemsBefore += times.Messages;
        Items = Math.Max(Items, _itemsBefore);
        (QueueDepth, QueueCapacity) = (QueueDepth - times.QueueDepth, QueueCapacity - times.QueueCapacity);
    }

    private static long TicksOf(StageTimes times, int state) => state switch
    {
        0 => times.Busy,
        1 => times.Blocked,
        _ => times.Starved,
    };
}
