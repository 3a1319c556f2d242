using ConvNN.Training.Pipeline.Tuning;
using ConvNN.Training.Progress;

namespace ConvNN.Training.Tests.Pipeline.Tuning;

/// <summary>What the tuner decides on machines whose throughput is written down: no clock, no thread.</summary>
public class WorkerTunerTests(ITestOutputHelper output)
{
    private const int BatchSize = 10;

    [Fact]
    public void Run_GuessIsFastest_StaysAndLosesLittle()
    {
        Script run = Run([1, 2], guess: 2, seconds: 60, (threads, _) => threads == 1 ? 20_000 : 35_000);

        Assert.Empty(run.Changes);
        Assert.NotEqual(0, run.SegmentsOf(1));
        AssertLoss(run, 60, 0.01);
    }

    [Fact]
    public void Run_AnotherNumberIsFaster_ChangesOnceWithFigures()
    {
        Script run = Run([1, 2], guess: 2, seconds: 60, (threads, _) => threads == 1 ? 20_000 : 15_000);

        (double at, WorkersChanged change) = Assert.Single(run.Changes);
        Assert.Equal((2, 1, 20_000, 15_000), (change.From, change.To, Math.Round(change.ImagesPerSecond), Math.Round(change.Against)));
        Assert.Equal(run.StepsAt(at), change.Step);
        Assert.InRange(at, 0, 2);
    }

    [Theory]
    [InlineData(1.04, 0)]
    [InlineData(1.06, 1)]
    public void Run_GainOfANeighbour_ChangesFromFivePerCentOn(double gain, int changes) =>
        Assert.Equal(changes, Run([1, 2], guess: 2, seconds: 60, (threads, _) => threads == 1 ? 20_000 * gain : 20_000).Changes.Count);

    /// <summary>Two threads fall to a third of one while another program has a core, from the 20th to the 40th second.</summary>
    [Fact]
    public void Run_DisturbedForAWhile_EvadesAndComesBack()
    {
        Script run = Run([1, 2], guess: 2, seconds: 60, (threads, time) => threads == 1 ? 20_000 : time is > 20 and < 40 ? 7_000 : 35_000);

        Assert.Equal([(2, 1), (1, 2)], run.Changes.Select(change => (change.What.From, change.What.To)));
        Assert.InRange(run.Changes[0].At, 20, 22);
        Assert.InRange(run.Changes[1].At, 40, 50);
        output.WriteLine($"changes at {run.Changes[0].At:0.00} and {run.Changes[1].At:0.00} s");
    }

    [Fact]
    public void Run_DisturbedFromTheBeginning_StaysOnOneUntilTheEndOfIt()
    {
        Script run = Run([1, 2], guess: 2, seconds: 30, (threads, _) => threads == 1 ? 20_000 : 7_000);

        (double at, WorkersChanged change) = Assert.Single(run.Changes);
        Assert.InRange(at, 0, 3);
        Assert.Equal(1, change.To);
    }

    /// <summary>With noise the median of a few pairs decides: between equal numbers it hardly matters, and a better one is found all the same.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Run_NoisyMachine_FindsTheFasterNumberAndKeepsIt(int seed)
    {
        Random noise = new(seed);

        Script run = Run([1, 2, 3, 4], guess: 4, seconds: 120, (threads, _) => (threads == 2 ? 30_000 : 20_000) * (0.85 + (0.3 * noise.NextDouble())));

        output.WriteLine(string.Join("; ", run.Changes.Select(change => $"{change.What.From} → {change.What.To} at {change.At:0.0} s")));
        Assert.Equal(2, run.Threads);
        Assert.True(run.SecondsOf(2) > 0.8 * 120, $"only {run.SecondsOf(2):0.0} s on the fastest number");
    }

    [Fact]
    public void Run_ManyCores_ClimbsToTheBest()
    {
        Script run = Run([1, 2, 3, 4, 6, 8, 12, 16], guess: 16, seconds: 120, (threads, _) => 10_000 * Math.Min(threads, 12 - threads + 1 > 0 ? 6.0 : 3.0));

        output.WriteLine(string.Join("; ", run.Changes.Select(change => $"{change.What.From} → {change.What.To} at {change.At:0.0} s")));
        Assert.Equal(6 * 10_000, 10_000 * Math.Min(run.Threads, 6));
        Assert.InRange(run.Threads, 6, 12);
    }

    /// <summary>A slow neighbour costs more each time it is tried, so it is tried less often.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(10)]
    public void Run_SlowNeighbour_LosesAtMostOnePerCent(double slower)
    {
        foreach (double seconds in (double[])[3, 12, 60, 600])
        {
            Script run = Run([1, 2], guess: 2, seconds, (threads, _) => threads == 1 ? 40_000 / slower : 40_000);

            Assert.Empty(run.Changes);
            AssertLoss(run, seconds, 0.01);
        }
    }

    [Fact]
    public void Run_ThroughputThatWavers_LosesAtMostOnePerCentAllTheSame()
    {
        // Every second it halves or doubles for all numbers alike, an occasion for a trial each time.
        Script run = Run([1, 2], guess: 2, seconds: 120, (threads, time) => (threads == 1 ? 10_000 : 30_000) / (1 + ((int)time % 2)));

        Assert.Empty(run.Changes);
        double ideal = run.Segments.Sum(segment => segment.Samples / (segment.Rate * (segment.Threads == 1 ? 3 : 1)));
        Assert.InRange(run.Time / ideal, 1, 1.011);
    }

    [Fact]
    public void Run_TooShortForATrial_StaysWithTheGuess()
    {
        Script run = Run([1, 2], guess: 2, seconds: 0.8, (threads, _) => threads == 1 ? 12_000 : 10_000);

        Assert.Empty(run.Changes);
        Assert.Equal(0, run.SegmentsOf(1));
    }

    /// <summary>After its first use, the other number has as many turns as the gain needs to be believed.</summary>
    [Theory]
    [InlineData(1.25, 3)]
    [InlineData(1.35, 2)]
    public void Trial_ClearGain_TakesFewerPairs(double gain, int pairs)
    {
        Script run = new([1, 2], guess: 2, samples: 2_000_000);
        while (run.Changes.Count == 0)
        {
            run.Step(threads => threads == 1 ? 20_000 * gain : 20_000, isCompiling: false);
        }

        Assert.Equal(1 + pairs, run.SegmentsOf(1));
    }

    [Fact]
    public void Next_WhileMethodsAreCompiled_IsNoTrial()
    {
        Script run = new([1, 2], guess: 2, samples: 2_000_000);
        while (run.Time < 0.5)
        {
            run.Step(_ => 20_000, isCompiling: true);
        }

        Assert.Equal(0, run.SegmentsOf(1));
        run.Step(_ => 20_000, isCompiling: false);
        run.Step(_ => 20_000, isCompiling: false);
        Assert.Equal(1, run.SegmentsOf(1));
    }

    /// <summary>Something else in the process may compile without end.</summary>
    [Fact]
    public void Next_CompilationThatDoesNotEnd_IsATrialInTheEnd()
    {
        Script run = new([1, 2], guess: 2, samples: 2_000_000);
        while (run.Time < 10)
        {
            run.Step(threads => threads == 1 ? 20_000 : 15_000, isCompiling: true);
        }

        Assert.Equal(1, run.Threads);
    }

    [Fact]
    public void Next_OnlyOneCandidate_IsTheWholeEpoch()
    {
        WorkerTuner tuner = new([3], guess: 3, BatchSize, samples: 1_000_000);

        Assert.Equal(new Segment(3, long.MaxValue), tuner.Next());
        Assert.Null(tuner.Observe(new SegmentTime(6_000, 60_000, 2, IsCompiling: false)));
        Assert.Equal(new Segment(3, long.MaxValue), tuner.Next());
    }

    private static Script Run(int[] candidates, int guess, double seconds, Func<int, double, double> rateAt)
    {
        // As many samples as the best number would finish in the time.
        long samples = (long)(seconds * candidates.Max(threads => rateAt(threads, 0)));
        Script run = new(candidates, guess, samples);
        while (run.Time < seconds)
        {
            run.Step(threads => rateAt(threads, run.Time), isCompiling: run.Time < 0.5);
        }

        return run;
    }

    private void AssertLoss(Script run, double seconds, double share)
    {
        double ideal = run.Segments.Sum(segment => segment.Samples) / run.Segments.Max(segment => segment.Rate);
        output.WriteLine($"{seconds} s: {run.SegmentsOf(1)} segments of one thread, {(run.Time / ideal) - 1:0.00 %} lost");
        Assert.InRange(run.Time / ideal, 1, 1 + share);
    }

    /// <summary>A run on a machine whose throughput is given.</summary>
    private sealed class Script(int[] candidates, int guess, long samples)
    {
        private readonly WorkerTuner _tuner = new(candidates, guess, BatchSize, samples);
        private long _steps;

        public double Time { get; private set; }

        public int Threads => _tuner.Threads;

        public List<(double At, WorkersChanged What)> Changes { get; } = [];

        public List<(int Threads, int Samples, double Rate, double End, long Steps)> Segments { get; } = [];

        public int SegmentsOf(int threads) => Segments.Count(segment => segment.Threads == threads);

        public double SecondsOf(int threads) => Segments.Where(segment => segment.Threads == threads).Sum(segment => segment.Samples / segment.Rate);

        public long StepsAt(double time) => Segments.Last(segment => segment.End <= time).Steps;

        public void Step(Func<int, double> rateOf, bool isCompiling)
        {
            Segment next = _tuner.Next();
            double rate = rateOf(next.Threads);
            int count = (int)(next.Steps * BatchSize);
            _steps += next.Steps;
            Time += count / rate;
            Segments.Add((next.Threads, count, rate, Time, _steps));
            if (_tuner.Observe(new SegmentTime(_steps, count, count / rate, isCompiling)) is { } change)
            {
                Changes.Add((Time, change));
            }
        }
    }
}
