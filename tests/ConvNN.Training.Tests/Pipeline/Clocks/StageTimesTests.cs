using ConvNN.Training.Pipeline.Clocks;

namespace ConvNN.Training.Tests.Pipeline.Clocks;

public class StageTimesTests
{
    [Fact]
    public void Since_TwoInstants_GivesSharesOfTheCapacityBetweenThem()
    {
        StageTimes before = new("workers", Capacity: 1_000, Busy: 900, Blocked: 0, Messages: 7, QueueDepth: 5, QueueCapacity: 8);
        StageTimes after = new("workers", Capacity: 3_000, Busy: 1_900, Blocked: 500, Messages: 11, QueueDepth: 2, QueueCapacity: 8);

        StageLoad load = after.Since(before);

        Assert.Equal(("workers", 0.5, 0.25, 0.25), (load.Stage, load.Busy, load.Blocked, load.Starved));
        Assert.Equal((4L, 2, 8), (load.Items, load.QueueDepth, load.QueueCapacity));
        Assert.Equal(600, after.Starved);
    }

    /// <summary>A message that is finished between the reading of the clock and that of the sum counts in full.</summary>
    [Fact]
    public void Since_SumsAheadOfTheClock_StillAddUpToOne()
    {
        StageTimes before = new("read", 0, 0, 0, 0, 0, 4);
        StageTimes after = new("read", Capacity: 100, Busy: 70, Blocked: 35, Messages: 1, QueueDepth: 0, QueueCapacity: 4);

        StageLoad load = after.Since(before);

        Assert.Equal(0.7, load.Busy);
        Assert.Equal(0, load.Starved, 1e-12);
        Assert.Equal(0, after.Starved);
    }

    [Fact]
    public void Since_NoTime_IsNothing()
    {
        StageTimes instant = new("read", 0, 0, 0, 0, 0, 4);

        Assert.Equal(new StageLoad("read", 0) { QueueCapacity = 4 }, instant.Since(instant));
    }
}
