namespace ConvNN.Training.Pipeline.Clocks;

/// <summary>How a stage spent its time. The shares add up to 1; a thread that spins while it waits is not busy.</summary>
/// <param name="Stage">The stage: <c>read</c>, <c>shard</c>, <c>workers</c> or <c>reduce</c>.</param>
/// <param name="Busy">The share of the time of all its threads that went into work.</param>
public readonly record struct StageLoad(string Stage, double Busy)
{
    /// <summary>The share in which it had something to hand on but no place for it, or no permit for the next step.</summary>
    public double Blocked { get; init; }

    /// <summary>The share in which it had no work: it waited for the stage before it.</summary>
    public double Starved => 1 - Busy - Blocked;

    /// <summary>Messages that it has finished: batches, signals, shards or outcomes.</summary>
    public long Items { get; init; }

    /// <summary>Messages that wait before it.</summary>
    public int QueueDepth { get; init; }

    /// <summary>The most messages that can wait before it.</summary>
    public int QueueCapacity { get; init; }

    /// <summary>The loads of several passes together: shares weighted by the passes' time, all messages, and the queues of the last.</summary>
    /// <param name="passes">The loads of each pass, in the order of the stages, and its time.</param>
    public static IReadOnlyList<StageLoad> Join(IEnumerable<(IReadOnlyList<StageLoad> Loads, TimeSpan Elapsed)> passes)
    {
        // A pipeline that has not begun its first pass has no loads.
        (IReadOnlyList<StageLoad> Loads, TimeSpan Elapsed)[] begun = [.. passes.Where(pass => pass.Loads.Count > 0 && pass.Elapsed > TimeSpan.Zero)];
        double seconds = begun.Sum(pass => pass.Elapsed.TotalSeconds);
        return begun.Length == 0
            ? []
            : [.. begun[^1].Loads.Select((last, stage) => last with
            {
                Busy = begun.Sum(pass => pass.Loads[stage].Busy * pass.Elapsed.TotalSeconds) / seconds,
                Blocked = begun.Sum(pass => pass.Loads[stage].Blocked * pass.Elapsed.TotalSeconds) / seconds,
                Items = begun.Sum(pass => pass.Loads[stage].Items),
            })];
    }
}
