using System.Diagnostics;
using ConvNN.Training.Pipeline;

namespace ConvNN.Training.Metrics;

/// <summary>A stage over all pipelines so far. A reading can be a few ticks behind the one before; what is told never falls.</summary>
/// <param name="name">The stage.</param>
internal sealed class StageTotals(string name)
{
    /// <summary>What a thread can do with its time, in the order in which <see cref="Seconds"/> counts.</summary>
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

    /// <summary>The most that can.</summary>
    public int QueueCapacity { get; private set; }

    /// <summary>Seconds that its threads have spent in a state of <see cref="States"/>.</summary>
    public double Seconds(int state) => (double)_ticks[state] / Stopwatch.Frequency;

    /// <summary>Takes over where the stage of the pipeline stands that runs.</summary>
    public void Read(StageTimes times)
    {
        ReadOnlySpan<long> now = [times.Busy, times.Blocked, times.Starved];
        for (int state = 0; state < now.Length; state++)
        {
            _ticks[state] = Math.Max(_ticks[state], _before[state] + now[state]);
        }

        Items = _itemsBefore + times.Messages;
        (QueueDepth, QueueCapacity) = (times.QueueDepth, times.QueueCapacity);
    }

    /// <summary>Keeps what the pipeline has counted, which ends: the next one counts from 0.</summary>
    public void Leave()
    {
        _ticks.CopyTo(_before, 0);
        _itemsBefore = Items;
        (QueueDepth, QueueCapacity) = (0, 0);
    }
}
