using ConvNN.Kernels.Sums;

namespace ConvNN.Kernels.Tests.Sums;

public sealed class LaneSumTests
{
    /// <summary>Many sums at once have the bits of one after the other, on every width that this machine has.</summary>
    [Fact]
    public void AddHalves_ManySums_HaveTheBitsOfOneSum()
    {
        float[] lanes = [.. Enumerable.Range(0, 32 * 16).Select(i => MathF.Sin(i) * MathF.Pow(10, i % 7))];
        float[] sums = new float[32];

        LaneSum.AddHalves(lanes, sums);

        Assert.Equal([.. Enumerable.Range(0, 32).Select(sum => LaneSum.AddHalves(lanes.AsSpan(sum * 16, 16).ToArray().AsSpan()))], sums);
    }

    [Fact]
    public void AddHalves_OnlyMinusZeros_GivesPlusZero()
    {
        float[] lanes = [.. Enumerable.Repeat(-0f, 16 * 16)];
        float[] sums = new float[16];

        LaneSum.AddHalves(lanes, sums);

        Assert.All(sums, sum => Assert.Equal(0, BitConverter.SingleToInt32Bits(sum)));
    }
}
