using ConvNN.Training.Pipeline.Tuning;

namespace ConvNN.Training.Tests.Pipeline.Tuning;

[Collection(MachineCollection.Name)]
public class ProcessorProbeTests
{
    /// <summary>Each processor has several threads that compute all the time: whichever the further thread gets, it has to share it.</summary>
    [Fact]
    public void HasRoom_ProcessorsAreTaken_IsFalse()
    {
        bool isEnd = false;
        Thread[] busy = [.. Enumerable.Range(0, 4 * Environment.ProcessorCount).Select(_ => new Thread(() => { while (!Volatile.Read(ref isEnd)) { } }))];
        Array.ForEach(busy, thread => thread.Start());
        try
        {
            Assert.False(new ProcessorProbe(1).HasRoom());
        }
        finally
        {
            Volatile.Write(ref isEnd, true);
            Array.ForEach(busy, thread => thread.Join());
        }
    }

    /// <summary>A machine that is busy for a while does not stay so for all of many tries.</summary>
    [Fact]
    public void HasRoom_OneThread_IsTrueSoonerOrLater()
    {
        bool hasRoom = SpinWait.SpinUntil(() => new ProcessorProbe(1).HasRoom(), TimeSpan.FromMinutes(1));

        Assert.True(hasRoom);
    }
}
