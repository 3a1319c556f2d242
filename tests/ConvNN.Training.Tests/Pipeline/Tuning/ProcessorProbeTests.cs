using ConvNN.Training.Pipeline.Tuning;

namespace ConvNN.Training.Tests.Pipeline.Tuning;

public class ProcessorProbeTests
{
    /// <summary>No machine has so many processors, and a container may have more than it shows.</summary>
    [Fact]
    public void HasRoom_MoreThreadsThanProcessors_IsFalse() => Assert.False(new ProcessorProbe(1, 1_000).HasRoom());

    /// <summary>A machine that is busy for a while does not stay so for all of many tries.</summary>
    [Fact]
    public void HasRoom_OneThread_IsTrueSoonerOrLater()
    {
        bool hasRoom = false;
        for (int i = 0; i < 500 && !hasRoom; i++)
        {
            hasRoom = new ProcessorProbe(1, 1).HasRoom();
        }

        Assert.True(hasRoom);
    }
}
