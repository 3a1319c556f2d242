namespace ConvNN.Training.Pipeline.Clocks;

/// <summary>What a stage has done since the pipeline was created, and how many messages wait before it. Its counters only increase.</summary>
/// <param name="name">The stage, as the log calls it.</param>
/// <param name="threads">Threads that can work on it concurrently: its capacity.</param>
/// <param name="blocks">Blocks that it consists of.</param>
/// <param name="queueCapacity">The most messages that can wait before it.</param>
/// <param name="queueDepth">Returns how many wait; called from any thread.</param>
internal sealed class StageClock(string name, int threads, int blocks, int queueCapacity, Func<int> queueDepth)
{
    private readonly StageLane[] _lanes = [.. Enumerable.Range(0, blocks).Select(_ => new StageLane())];

    /// <summary>The clock of a block.</summary>
    public StageLane this[int block] => _lanes[block];

    /// <summary>Messages finished.</summary>
    public long Messages => _lanes.Sum(lane => lane.Messages);

    /// <summary>The stage's counters.</summary>
    /// <param name="now">The time, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</param>
    /// <param name="elapsed">The ticks for which passes have been running.</param>
    public StageTimes Read(long now, long elapsed) => new(
        name, elapsed * threads, _lanes.Sum(lane => lane.BusyTicks(now)), _lanes.Sum(lane => lane.BlockedTicks(now)), Messages, queueDepth(), queueCapacity);
}
