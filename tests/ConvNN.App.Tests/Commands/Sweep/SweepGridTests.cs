using System.Globalization;
using ConvNN.App.Commands.Sweep;
using ConvNN.App.Faults;

namespace ConvNN.App.Tests.Commands.Sweep;

public class SweepGridTests
{
    [Fact]
    public void All_TwoKeys_IsTheirProductWithTheLastKeyFastest() => Assert.Equal(
        ["LearningRate=0.03 Optimizer=sgd", "LearningRate=0.03 Optimizer=adam", "LearningRate=0.1 Optimizer=sgd", "LearningRate=0.1 Optimizer=adam"],
        SweepGrid.All(Of("Training:LearningRate=0.03,0.1", "Training:Optimizer=sgd, adam")).Select(point => point.ToString()));

    [Fact]
    public void All_NothingVaried_IsTheConfigurationAsItIs() => Assert.Empty(Assert.Single(SweepGrid.All([])).Values);

    [Fact]
    public void All_ValuesThatAreLists_ArePartedBySemicolons() => Assert.Equal(
        ["conv1:Kernel=3", "conv1:Kernel=3,5"],
        SweepGrid.All(Of("Model:Layers:conv1:Kernel=3;3,5")).Select(point => point.ToString()));

    [Fact]
    public void Random_FewerThanThereAre_AreDifferentPointsOfTheGrid()
    {
        Variation[] variations = Of("Training:BatchSize=10,20,40", "Training:Optimizer=sgd,adam,lion");
        string[] all = [.. SweepGrid.All(variations).Select(point => point.ToString())];

        string[] some = [.. SweepGrid.Random(variations, 5, seed: 1).Select(point => point.ToString())];

        Assert.Equal(5, some.Distinct().Count());
        Assert.All(some, point => Assert.Contains(point, all));
        Assert.Equal(all.Order(StringComparer.Ordinal), SweepGrid.Random(variations, 100, seed: 1).Select(point => point.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Random_MorePoints_BeginWithTheSameOnes()
    {
        Variation[] variations = Of("Training:LearningRate=0.001..0.1", "Training:BatchSize=8..256");

        string[] few = [.. SweepGrid.Random(variations, 5, seed: 3).Select(point => point.ToString())];

        Assert.Equal(few, SweepGrid.Random(variations, 20, seed: 3).Take(5).Select(point => point.ToString()));
        Assert.NotEqual(few, SweepGrid.Random(variations, 5, seed: 4).Select(point => point.ToString()));
    }

    [Theory]
    [InlineData("0.001..0.1", 0.001, 0.1, 0.01)]     // a tenth and ten times: half of the draws lie below the geometric mean
    [InlineData("0.1..0.5", 0.1, 0.5, 0.3)]
    [InlineData("-1..1.0", -1, 1, 0)]
    public void Random_Range_LiesBetweenItsEndsAndOnBothSidesOfItsMiddle(string range, double low, double high, double middle)
    {
        double[] values = [.. SweepGrid.Random(Of($"Training:LearningRate={range}"), 400, seed: 1).Select(point => double.Parse(point.Values[0].Value, CultureInfo.InvariantCulture))];

        Assert.All(values, value => Assert.InRange(value, low, high));

        // 400 fair coins show fewer than 150 or more than 250 heads once in two million times.
        Assert.InRange(values.Count(value => value < middle), 150, 250);
    }

    [Fact]
    public void Random_RangeOfWholeNumbers_GivesWholeNumbersWithBothEnds() => Assert.Equal(
        ["1", "2", "3"],
        SweepGrid.Random(Of("Training:Accumulate=1..3"), 10, seed: 1).Select(point => point.Values[0].Value).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("1-3", 1UL, 2UL, 3UL)]
    [InlineData("7, 1-2,1", 7UL, 1UL, 2UL)]
    [InlineData("18446744073709551615", ulong.MaxValue)]
    public void Seeds_List_AreTakenOnceInTheirOrder(string text, params ulong[] seeds) => Assert.Equal(seeds, SeedList.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("3-1")]
    [InlineData("1-2-3")]
    [InlineData("-1")]
    [InlineData("0-18446744073709551615")]
    public void Seeds_NoList_IsRefused(string text) => Assert.Throws<UsageException>(() => SeedList.Parse(text));

    [Fact]
    public void Parts_OfAllTrials_HaveEachOnceAndNoneTwice()
    {
        SweepPart[] parts = [.. Enumerable.Range(1, 16).Select(number => SweepPart.Parse($"{number}/16"))];

        Assert.All(Enumerable.Range(0, 40), trial => Assert.Single(parts, part => part.Has(trial)));
        Assert.Equal("sweep-3-of-16.csv", parts[2].FileName);
        Assert.Equal("sweep.csv", SweepPart.Whole.FileName);
    }

    private static Variation[] Of(params string[] texts) => [.. texts.Select(Variation.Parse)];
}
