using ConvNN.Kernels.Probes;

namespace ConvNN.Kernels.Tests.Probes;

public class ThreadPlacementTests
{
    [Fact]
    public void Avoid_TheOwnProcessor_RunsOnAnotherAndMayUseAllAsBefore()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.ProcessorCount > 1, "Threads are placed on Linux alone, and need a second processor.");
        string before = Allowed();
        bool isMoved = false;
        int from = -1, to = -1;

        Thread thread = new(() =>
        {
            from = ThreadPlacement.Processor;
            isMoved = ThreadPlacement.Avoid([from]);
            to = ThreadPlacement.Processor;
            Assert.Equal(before, Allowed());
        });
        thread.Start();
        thread.Join();

        Assert.True(isMoved);
        Assert.NotEqual(from, to);
    }

    [Fact]
    public void Avoid_AllProcessors_LeavesTheThread()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Threads are placed on Linux alone.");
        string before = Allowed();

        Assert.False(ThreadPlacement.Avoid([.. Enumerable.Range(0, 1024)]));

        Assert.Equal(before, Allowed());
    }

    private static string Allowed() => File.ReadLines("/proc/thread-self/status").First(line => line.StartsWith("Cpus_allowed_list", StringComparison.Ordinal));
}
