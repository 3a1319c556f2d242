using ConvNN.Kernels.Probes;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Tests.Probes;

/// <summary>That the probes do the work that they are counted for.</summary>
public class MachineProbeTests
{
    public static TheoryData<KernelTier> AllTiers => [.. Enum.GetValues<KernelTier>()];

    [Theory]
    [MemberData(nameof(AllTiers))]
    public void MultiplyAdds_ManyRounds_EveryChainReachesItsLimit(KernelTier tier)
    {
        MachineProbe probe = KernelSet.For(tier).Probe;

        // x ← x / 2 + 1 nears 2 in each chain, and a lane of the result has their sum.
        int lanes = tier switch { KernelTier.Vector512 => 16, KernelTier.Vector256 => 8, KernelTier.Vector128 => 4, _ => 1 };
        int chains = probe.OperationsPerRound / 2 / lanes;

        Assert.Equal(2f * chains, probe.MultiplyAdds(100));
        Assert.NotEqual(2f * chains, probe.MultiplyAdds(3));
    }

    [Theory]
    [MemberData(nameof(AllTiers))]
    public void Read_WholeSpan_TakesEveryValue(KernelTier tier)
    {
        float[] values = new float[1024];
        MachineProbe probe = KernelSet.For(tier).Probe;

        Assert.Equal(0f, probe.Read(values));

        for (int i = 0; i < values.Length; i += 64)
        {
            values[i] = 1f;
        }

        Assert.Equal(values.Length / 64f, probe.Read(values));
    }

    [Theory]
    [MemberData(nameof(AllTiers))]
    public void Triad_AnyLength_IsXPlusFactorTimesY(KernelTier tier)
    {
        for (int length = 0; length <= 70; length++)
        {
            float[] x = [.. Enumerable.Range(0, length).Select(i => (float)i)];
            float[] y = [.. Enumerable.Range(0, length).Select(i => 2f * i)];
            float[] target = new float[length];

            KernelSet.For(tier).Probe.Triad(target, x, y, factor: 3f);

            Assert.Equal(Enumerable.Range(0, length).Select(i => 7f * i), target);
        }
    }

    [Fact]
    public void Triad_OtherLengths_AreRefused() =>
        Assert.Throws<ArgumentException>(() => KernelSet.For(KernelTier.Reference).Probe.Triad(new float[2], new float[3], new float[3], 1f));
}
