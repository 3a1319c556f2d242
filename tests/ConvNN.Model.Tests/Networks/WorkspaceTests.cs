using ConvNN.Kernels;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Networks;

namespace ConvNN.Model.Tests.Networks;

public class WorkspaceTests
{
    /// <summary>The figure of the plan, against what the memory manager has handed out; objects and alignment apart.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public void Bytes_DefaultNetwork_IsWhatIsAllocated(int capacity)
    {
        Network network = DefaultNetwork.Build();
        KernelSet kernels = KernelSet.For(KernelSet.BestTier);
        _ = new Workspace(network, capacity, kernels);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Workspace workspace = new(network, capacity, kernels);

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before, planned = Workspace.Bytes(network, capacity, kernels);
        Assert.Equal(capacity, workspace.Capacity);
        Assert.InRange(allocated, planned, planned + 8192);
    }

    [Fact]
    public void New_CapacityThatOverflows_Throws() =>
        Assert.Throws<OverflowException>(() => new Workspace(DefaultNetwork.Build(), 1 << 20, KernelSet.For(KernelTier.Reference)));

    [Fact]
    public void New_NoCapacity_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Workspace(DefaultNetwork.Build(), 0, KernelSet.For(KernelTier.Reference)));
}
