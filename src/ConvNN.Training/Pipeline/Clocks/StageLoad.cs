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
}
