using ConvNN.App.Log;
using ConvNN.App.Log.Events;
using ConvNN.Training.Progress;

namespace ConvNN.App.Tests.Log;

public class ProgressPaceTests
{
    [Fact]
    public void At_FrequentReports_TellsEverybodyAtTheIntervalOnly()
    {
        ProgressPace pace = new(epochs: 2, TimeSpan.FromSeconds(1));

        StepEvent[] events = [.. new[] { 0.4, 0.8, 1.2, 1.6, 2.2 }.Select(seconds => pace.At(Report(1, seconds)))];

        Assert.Equal(
            [Audience.StatusLine, Audience.StatusLine, Audience.Everybody, Audience.StatusLine, Audience.Everybody],
            events.Select(step => step.Audience));
        Assert.All(events, step => Assert.Equal(100, step.ImagesPerSecond, 1e-9));
    }

    [Fact]
    public void At_NextEpoch_BeginsAnew() => Assert.Equal(100, Told(first: Report(1, 3), then: Report(2, 0.5)).ImagesPerSecond, 1e-9);

    [Fact]
    public void Left_FirstEpoch_IsJudgedByWhatIsDone() =>
        Assert.Equal(15, new ProgressPace(2, TimeSpan.FromSeconds(1)).At(Report(1, 5)).Left!.Value.TotalSeconds, 1e-9);

    [Fact]
    public void Left_FirstSteps_CannotBeTold() => Assert.Null(new ProgressPace(2, TimeSpan.FromSeconds(1)).At(Report(1, 0.1)).Left);

    [Fact]
    public void Left_LaterEpoch_IsJudgedByTheLastWithItsEvaluation()
    {
        ProgressPace pace = new(epochs: 3, TimeSpan.FromSeconds(1));
        pace.Learn(new EpochResult(1, "d", 0.1, Pass(10), Pass(2), new string('a', 64)));

        Assert.Equal(18, pace.At(Report(2, 5)).Left!.Value.TotalSeconds, 1e-9);
    }

    [Fact]
    public void Left_WithAValidationPart_CountsItsEvaluation()
    {
        ProgressPace pace = new(epochs: 3, TimeSpan.FromSeconds(1));
        pace.Learn(new EpochResult(1, "d", 0.1, Pass(10), Pass(2), new string('a', 64)) { Validation = Pass(4) });

        Assert.Equal(24, pace.At(Report(2, 5)).Left!.Value.TotalSeconds, 1e-9);
    }

    private static StepEvent Told(StepProgress first, StepProgress then)
    {
        ProgressPace pace = new(epochs: 2, TimeSpan.FromSeconds(1));
        pace.At(first);
        return pace.At(then);
    }

    // Ten steps a second of ten images each; an epoch has 100 steps.
    private static StepProgress Report(int epoch, double seconds) =>
        new(epoch, (long)(seconds * 10), 100, (int)Math.Round(seconds * 100), 1, 0.5, 0, []) { Elapsed = TimeSpan.FromSeconds(seconds) };

    private static PassResult Pass(double seconds) => new(100, 50, 100, TimeSpan.FromSeconds(seconds), [], IsComplete: true);
}
