namespace ConvNN.Training.Pipeline.Clocks;

/// <summary>What a stage of the pipeline has done since the pipeline was built, and what waits before it. It only ever counts up.</summary>
/// <param name="name">The stage, as the log calls it.</param>
/// <param name="threads">Threads that can work on it at a time: its capacity.</param>
/// <param name="blocks">Blocks that it consists of.</param>
/// <param name="queueCapacity">The most messages that can wait before it.</param>
/// <param name="queueDepth">How many do; asked from any thread.</param>
internal sealed class StageClock(string name, int threads, int blocks, int queueCapacity, Func<int> queueDepth)
{
    private readonly StageLane[] _lanes = [.. Enumerable.Range(0, blocks).Select(_ => new StageLane())];

    /// <summary>The clock of a block.</summary>
    public StageLane this[int block] => _lanes[block];

    /// <summary>Messages finished.</summary>
    public long Messages => _lanes.Sum(lane => lane.Messages);

    /// <summary>Where the stage stands.</summary>
    /// <param name="now">The time, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</param>
    /// <param name="elapsed">For how many ticks passes have been running.</param>
    public StageTimes Read(long now, long elapsed) => new(
        name, elapsed * threads, _lanes.Sum(lane => lane.BusyTicks(now)), _lanes.Sum(lane => lane.BlockedTicks(now)), Messages, queueDepth(), queueCapacity);
}
