using ConvNN.Training.Pipeline.Clocks;

namespace ConvNN.Training.Tests.Pipeline.Clocks;

public class IntervalSumTests
{
    [Fact]
    public void Ticks_ClosedIntervals_AddUp()
    {
        IntervalSum sum = default;
        sum.Open(1_000);
        sum.Close(1_030);
        sum.Open(1_500);
        sum.Close(1_512);

        Assert.Equal(42, sum.Ticks(2_000));
        Assert.Equal(42, sum.Ticks(9_000));
    }

    [Fact]
    public void Ticks_OpenInterval_CountsUpToNow()
    {
        IntervalSum sum = default;
        sum.Open(1_000);
        sum.Close(1_030);
        sum.Open(1_500);

        Assert.Equal(30, sum.Ticks(1_500));
        Assert.Equal(37, sum.Ticks(1_507));
    }

    [Fact]
    public void Ticks_NothingYet_IsZero()
    {
        Assert.Equal(0, default(IntervalSum).Ticks(1_000));
    }
}
