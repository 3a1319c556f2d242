using ConvNN.App.Commands.Bench.Measuring;

namespace ConvNN.App.Tests.Commands.Bench;

public class SpreadTests
{
    [Fact]
    public void Of_OddNumberOfRounds_HasTheMiddleOne() => Assert.Equal(new Spread(3, 1, 100), Spread.Of([100, 1, 3]));

    [Fact]
    public void Of_EvenNumberOfRounds_HasTheLowerOfTheMiddle() => Assert.Equal(new Spread(2, 1, 4), Spread.Of([4, 2, 3, 1]));

    [Fact]
    public void Of_Nothing_IsRefused() => Assert.Throws<ArgumentException>(() => Spread.Of([]));

    [Fact]
    public void Deviation_IsHalfTheRangeOverTheMedian() => Assert.Equal(0.25, new Spread(10, 8, 13).Deviation);
}
