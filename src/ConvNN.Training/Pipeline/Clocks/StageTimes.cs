namespace ConvNN.Training.Pipeline.Clocks;

/// <summary>The counters of a stage at an instant: sums in ticks since the pipeline was created, and the messages that wait before it.</summary>
/// <param name="Stage">The stage, as the log calls it.</param>
/// <param name="Capacity">The time that its threads had while passes ran.</param>
/// <param name="Busy">The part of it that went into work.</param>
/// <param name="Blocked">The part of it that was spent waiting to hand on.</param>
/// <param name="Messages">Messages finished.</param>
/// <param name="QueueDepth">Messages that wait before it.</param>
/// <param name="QueueCapacity">The most that can.</param>
internal readonly record struct StageTimes(
    string Stage, long Capacity, long Busy, long Blocked, long Messages, int QueueDepth, int QueueCapacity)
{
    /// <summary>The part of the capacity that was spent waiting for work: neither working nor waiting to hand on.</summary>
    public long Starved => Math.Max(0, Capacity - Busy - Blocked);

    /// <summary>What the stage has done since an earlier instant, as shares of its capacity.</summary>
    public StageLoad Since(StageTimes start)
    {
        // Counters are read while blocks work, so a sum can be a few ticks ahead of the clock.
        double capacity = Math.Max(1, Capacity - start.Capacity);
        double busy = Math.Clamp((Busy - start.Busy) / capacity, 0, 1);
        double blocked = Math.Clamp((Blocked - start.Blocked) / capacity, 0, 1 - busy);
        return new StageLoad(Stage, busy)
        {
            Blocked = blocked,
            Items = Messages - start.Messages,
            QueueDepth = QueueDepth,
            QueueCapacity = QueueCapacity,
        };
    }
}
