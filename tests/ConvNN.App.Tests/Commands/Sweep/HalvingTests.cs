using ConvNN.App.Commands.Sweep;
using ConvNN.App.Configuration;
using ConvNN.Training.Options;

namespace ConvNN.App.Tests.Commands.Sweep;

public class HalvingTests
{
    [Theory]
    [InlineData(1, new[] { 1 })]
    [InlineData(4, new[] { 1, 2, 4 })]
    [InlineData(10, new[] { 2, 3, 5, 10 })]
    public void EpochsAt_EachRung_DoubleUpToAll(int epochs, int[] expected)
    {
        PreparedTrial trial = Trial(0, "a", epochs);
        Halving halving = new([trial]);

        Assert.Equal(expected, Enumerable.Range(0, halving.Rungs + 1).Select(rung => halving.EpochsAt(trial, rung)));
        Assert.Equal(expected[..^1], halving.Marks(trial));
    }

    [Fact]
    public void EpochsAt_TrialWithFewerEpochs_IsAtTheSameShareOfItsOwn()
    {
        Halving halving = new([Trial(0, "a", 8), Trial(1, "b", 2)]);

        Assert.Equal([1, 1, 1, 2], Enumerable.Range(0, 4).Select(rung => halving.EpochsAt(Trial(1, "b", 2), rung)));
    }

    [Theory]
    [InlineData("0.1 0.4 0.3 0.2", "1 2")]
    [InlineData("0.1 0.4 0.3", "1 2")]
    [InlineData("0.4 0.4 0.4 0.4", "0 1")]
    [InlineData("0.3 0.4 0.3 0.3", "0 1")]
    [InlineData("0.3 - - 0.1", "0 3")]
    [InlineData("- 0.3 - -", "0 1")]
    [InlineData("0.5", "0")]
    public void Better_ByValidation_EarlierWhereEqualAndFaultsLast(string accuracies, string expected)
    {
        string[] each = accuracies.Split(' ');
        PreparedTrial[] trials = [.. each.Select((_, number) => Trial(number, $"{number}", 2))];
        Halving halving = new(trials);

        IReadOnlyList<IReadOnlyList<PreparedTrial>> better = halving.Better(
            halving.Points, 0, trial => each[trial.Trial.Number] is var text && text == "-" ? null : new TrialRow { Rungs = [(1, double.Parse(text))] });

        Assert.Equal(expected, string.Join(' ', better.Select(point => point[0].Trial.Number)));
    }

    [Fact]
    public void Better_SeveralSeeds_StandTogetherByTheirMean()
    {
        PreparedTrial[] trials = [Trial(0, "a", 2), Trial(1, "a", 2), Trial(2, "b", 2), Trial(3, "b", 2), Trial(4, "c", 2), Trial(5, "c", 2)];
        double?[] accuracies = [0.9, 0.1, 0.6, 0.5, 0.99, null];
        Halving halving = new(trials);

        IReadOnlyList<IReadOnlyList<PreparedTrial>> better = halving.Better(
            halving.Points, 0, trial => accuracies[trial.Trial.Number] is { } accuracy ? new TrialRow { Rungs = [(1, accuracy)] } : new TrialRow { Status = TrialRow.Diverged });

        Assert.Equal(["a", "b"], better.Select(point => point[0].Trial.Name));
    }

    private static PreparedTrial Trial(int number, string name, int epochs) =>
        new(new SweepTrial(number, name, new SweepPoint([]), ConfigurationSources.None, new RunConfiguration { Training = new TrainingOptions { Epochs = epochs } }), null!, IsAlone: false)
        {
            Begun = new TrialRow { Identity = $"{number}" },
        };
}
