using ConvNN.App.Commands.Bench.Measuring;

namespace ConvNN.App.Tests.Commands.Bench;

public class CorePredictionTests
{
    private const double Tolerance = 1e-9;

    private static readonly CoreCosts Costs = new(new Dictionary<int, double> { [1] = 6, [2] = 10 }, new MeetingReport(Microseconds: 0.5, LineNanoseconds: 4));
    private static readonly DividedStep Whole = new(1, 2, [new PhaseReport("samples", 70, 70, 0), new PhaseReport("update", 24, 24, 0)]);

    [Fact]
    public void Of_TwoMembers_AddsTheSlowestOfEachPhaseItsLinesAndTheMeetings()
    {
        DividedStep step = new(2, 2, [new PhaseReport("samples", 36, 40, 1000), new PhaseReport("update", 12, 13, 250)]);

        CorePrediction prediction = CorePrediction.Of(cores: 3, step, Whole, batchSize: 10, oneCore: 100_000, Costs);

        // One core takes 100 µs, 6 of which are not phases: what was measured in the phases is what it is.
        Assert.Equal((3, 2), (prediction.Cores, prediction.Threads));
        Assert.Equal(48, prediction.Compute, Tolerance);
        Assert.Equal(5, prediction.Imbalance, Tolerance);
        Assert.Equal(5, prediction.Transfers, Tolerance);
        Assert.Equal(10, prediction.Meetings, Tolerance);
        Assert.Equal(68, prediction.MicrosecondsPerStep, Tolerance);
        Assert.Equal(100.0 / 68, prediction.SpeedUp, Tolerance);
        Assert.Equal(1e7 / 68, prediction.ImagesPerSecond, Tolerance);
    }

    [Fact]
    public void Of_AnotherMachinesRate_ScalesWhatIsComputedButNoLineAndNoMeeting()
    {
        DividedStep step = new(2, 2, [new PhaseReport("samples", 36, 40, 1000), new PhaseReport("update", 12, 13, 250)]);

        CorePrediction prediction = CorePrediction.Of(cores: 2, step, Whole, batchSize: 10, oneCore: 1e7 / (6 + (3 * 94)), Costs);

        Assert.Equal((3 * 48, 3 * 5), (prediction.Compute, prediction.Imbalance));
        Assert.Equal((5, 10), (prediction.Transfers, prediction.Meetings));
    }

    [Fact]
    public void Of_OneMember_IsWhatWasMeasured()
    {
        CorePrediction prediction = CorePrediction.Of(cores: 1, Whole, Whole, batchSize: 128, oneCore: 50_000, Costs);

        Assert.Equal(50_000, prediction.ImagesPerSecond, tolerance: 1e-6);
        Assert.Equal((1.0, 0.0, 0.0), (Math.Round(prediction.SpeedUp, 9), prediction.Imbalance, prediction.Transfers));
    }

    /// <summary>64 images take 640 µs on one core, 6 of which are hand-off; sixteen members take a twentieth longer, and meet once.</summary>
    [Fact]
    public void Evaluation_SixteenMembers_AddsTheSlowestAndOneMeeting()
    {
        EvaluationPrediction prediction = EvaluationPrediction.Of(
            cores: 16, new EvaluationReport(64, Mean: 320, Slowest: 336), new EvaluationReport(64, 320, 320), oneCore: 100_000, Costs);

        double step = (634 * 1.05) + Costs.MeetingsOf(16, meetings: 1);
        Assert.Equal(16 * 64e6 / step, prediction.ImagesPerSecond, tolerance: 1e-3);
        Assert.Equal(16 * 640 / step, prediction.SpeedUp, Tolerance);
    }

    [Fact]
    public void Evaluation_OneMember_IsWhatWasMeasured()
    {
        EvaluationReport whole = new(64, 320, 320);

        EvaluationPrediction prediction = EvaluationPrediction.Of(cores: 1, whole, whole, oneCore: 100_000, Costs);

        Assert.Equal((100_000, 1), (Math.Round(prediction.ImagesPerSecond, 6), Math.Round(prediction.SpeedUp, 9)));
    }

    /// <summary>An empty step has two meetings. Each member that arrives moves the counter once more, so a meeting of four costs two of two.</summary>
    [Theory]
    [InlineData(1, 2, 6)]
    [InlineData(2, 2, 10)]
    [InlineData(2, 5, 10 + (3 * 0.5))]
    [InlineData(4, 2, 10 + (2 * 0.5))]
    [InlineData(4, 5, 10 + (2 * 0.5) + (3 * 1))]
    public void MeetingsOf_ThreadsAndMeetings_BeginWithTheEmptyStepMeasuredLast(int threads, int meetings, double expected) =>
        Assert.Equal(expected, Costs.MeetingsOf(threads, meetings), Tolerance);
}
