using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Tests;

public class KernelSetTests
{
    /// <summary>
    /// The suite is to run on every tier: <c>DOTNET_EnableAVX512=0</c>, <c>DOTNET_EnableAVX2=0</c>,
    /// <c>DOTNET_EnableHWIntrinsic=0</c>. Whoever runs it says which tier must come of it.
    /// </summary>
    [Fact]
    public void BestTier_RunThatExpectsATier_IsThatTier()
    {
        string? expected = Environment.GetEnvironmentVariable("CONVNN_EXPECT_TIER");
        if (string.IsNullOrEmpty(expected))
        {
            Assert.Skip($"CONVNN_EXPECT_TIER is not set; this machine's best tier is {KernelSet.BestTier}.");
        }

        Assert.Equal(expected, KernelSet.BestTier.ToString());
    }

    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void For_EveryTier_HasItsKernels(KernelTier tier)
    {
        KernelSet kernels = KernelSet.For(tier);

        Assert.Equal(tier, kernels.Tier);
        Assert.IsType(KernelSet.For(tier).Dense.GetType(), kernels.Dense);
        Assert.IsType(KernelSet.For(tier).Conv2d.GetType(), kernels.Conv2d);
        Assert.IsType(KernelSet.For(tier).MaxPool2d.GetType(), kernels.MaxPool2d);
        Assert.IsType(KernelSet.For(tier).Elementwise.GetType(), kernels.Elementwise);
    }
}
