using ConvNN.Training.Pipeline.Tuning;
using ConvNN.Training.Progress;

namespace ConvNN.Training.Tests.Pipeline.Tuning;

/// <summary>What the tuner decides on machines whose throughput is written down: no clock, no thread.</summary>
public class WorkerTunerTests(ITestOutputHelper output)
{
    private const int BatchSize = TunerScript.BatchSize;

    [Fact]
    public void Run_GuessIsFastest_StaysAndLosesLittle()
    {
        TunerScript run = Run([1, 2], guess: 2, seconds: 60, (threads, _) => threads == 1 ? 20_000 : 35_000);

        Assert.Empty(run.Changes);
        Assert.NotEqual(0, run.SegmentsOf(1));
        run.AssertLoss(0.01);
    }

    [Fact]
    public void Run_AnotherNumberIsFaster_ChangesOnceWithFigures()
    {
        TunerScript run = Run([1, 2], guess: 2, seconds: 60, (threads, _) => threads == 1 ? 20_000 : 15_000);

        (double at, WorkersChanged change) = Assert.Single(run.Changes);
        Assert.Equal((2, 1, 20_000, 15_000), (change.From, change.To, Math.Round(change.ImagesPerSecond), Math.Round(change.Against!.Value)));
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
        TunerScript run = Run([1, 2], guess: 2, seconds: 60, (threads, time) => threads == 1 ? 20_000 : time is > 20 and < 40 ? 7_000 : 35_000);

        Assert.Equal([(2, 1), (1, 2)], run.Changes.Select(change => (change.What.From, change.What.To)));
        Assert.InRange(run.Changes[0].At, 20, 22);
        Assert.InRange(run.Changes[1].At, 40, 50);
        output.WriteLine($"changes at {run.Changes[0].At:0.00} and {run.Changes[1].At:0.00} s");
    }

    [Fact]
    public void Run_DisturbedFromTheBeginning_StaysOnOneUntilTheEndOfIt()
    {
        TunerScript run = Run([1, 2], guess: 2, seconds: 30, (threads, _) => threads == 1 ? 20_000 : 7_000);

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

        TunerScript run = Run([1, 2, 3, 4], guess: 4, seconds: 120, (threads, _) => (threads == 2 ? 30_000 : 20_000) * (0.85 + (0.3 * noise.NextDouble())));

        output.WriteLine(string.Join("; ", run.Changes.Select(change => $"{change.What.From} → {change.What.To} at {change.At:0.0} s")));
        Assert.Equal(2, run.Threads);
        Assert.True(run.SecondsOf(2) > 0.8 * 120, $"only {run.SecondsOf(2):0.0} s on the fastest number");
    }

    [Fact]
    public void Run_ManyCores_ClimbsToTheBest()
    {
        TunerScript run = Run([1, 2, 3, 4, 6, 8, 12, 16], guess: 16, seconds: 120, (threads, _) => 10_000 * Math.Min(threads, 12 - threads + 1 > 0 ? 6.0 : 3.0));

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
            TunerScript run = Run([1, 2], guess: 2, seconds, (threads, _) => threads == 1 ? 40_000 / slower : 40_000);

            Assert.Empty(run.Changes);
            run.AssertLoss(0.01);
        }
    }

    [Fact]
    public void Run_ThroughputThatWavers_LosesAtMostOnePerCentAllTheSame()
    {
        // Every second it halves or doubles for all numbers alike, an occasion for a trial each time.
        TunerScript run = Run([1, 2], guess: 2, seconds: 120, (threads, time) => (threads == 1 ? 10_000 : 30_000) / (1 + ((int)time % 2)));

        Assert.Empty(run.Changes);
        double ideal = run.Segments.Sum(segment => segment.Samples / (segment.Rate * (segment.Threads == 1 ? 3 : 1)));
        Assert.InRange(run.Time / ideal, 1, 1.011);
    }

    [Fact]
    public void Run_TooShortForATrial_StaysWithTheGuess()
    {
        TunerScript run = Run([1, 2], guess: 2, seconds: 0.8, (threads, _) => threads == 1 ? 12_000 : 10_000);

        Assert.Empty(run.Changes);
        Assert.Equal(0, run.SegmentsOf(1));
    }

    /// <summary>Where steps are too long for a trial within the share of a run, it is not cut into segments for one.</summary>
    [Fact]
    public void Run_StepsTooLongForATrial_IsFewSegments()
    {
        TunerScript run = Run([1, 2], guess: 2, seconds: 3, (threads, _) => threads == 1 ? 100 : 170);

        Assert.Equal(0, run.SegmentsOf(1));
        Assert.InRange(run.Segments.Count, 1, 6);
    }

    /// <summary>After its first use, the other number has as many turns as the gain needs to be believed.</summary>
    [Theory]
    [InlineData(1.25, 3)]
    [InlineData(1.35, 2)]
    public void Trial_ClearGain_TakesFewerPairs(double gain, int pairs)
    {
        TunerScript run = new([1, 2], guess: 2, cores: 4, samples: 2_000_000);
        while (run.Changes.Count == 0)
        {
            run.Step(threads => threads == 1 ? 20_000 * gain : 20_000, isCompiling: false);
        }

        Assert.Equal(1 + pairs, run.SegmentsOf(1));
    }

    [Fact]
    public void Next_WhileMethodsAreCompiled_IsNoTrial()
    {
        TunerScript run = new([1, 2], guess: 2, cores: 4, samples: 2_000_000);
        while (run.Time < 0.5)
        {
            run.Step(_ => 20_000, isCompiling: true);
        }

        Assert.Equal(0, run.SegmentsOf(1));
        for (int segment = 0; segment < 3; segment++)
        {
            run.Step(_ => 20_000, isCompiling: false);
        }

        Assert.Equal(1, run.SegmentsOf(1));
    }

    /// <summary>Something else in the process may compile without end.</summary>
    [Fact]
    public void Next_CompilationThatDoesNotEnd_IsATrialInTheEnd()
    {
        TunerScript run = new([1, 2], guess: 2, cores: 4, samples: 2_000_000);
        while (run.Time < 10)
        {
            run.Step(threads => threads == 1 ? 20_000 : 15_000, isCompiling: true);
        }

        Assert.Equal(1, run.Threads);
    }

    /// <summary>The compiler takes a core in the beginning: the guess runs on the others, if there are enough for it, until nothing is compiled any more.</summary>
    [Theory]
    [InlineData(2, 1, false)]
    [InlineData(4, 2, false)]
    [InlineData(2, 1, true)]
    public void Next_InTheBeginning_LeavesACoreToTheCompiler(int cores, int beginning, bool compilesWithoutEnd)
    {
        TunerScript run = new([1, 2], guess: 2, cores, samples: 2_000_000) { FirstUse = 0.1 };
        while (run.Time < 0.2)
        {
            run.Step(threads => threads * 20_000, isCompiling: true);
        }

        Assert.Equal([beginning], run.Segments.Select(segment => segment.Threads).Distinct());
        while (run.Time < 2)
        {
            run.Step(threads => threads * 20_000, compilesWithoutEnd);
        }

        Assert.Empty(run.Changes);
        Assert.Equal(2, run.Threads);
        Assert.True(run.SecondsOf(2) > 1.1, $"only {run.SecondsOf(2):0.00} s on the guess");
    }

    /// <summary>Where no epoch is long enough for a measurement, the guess comes after the beginning.</summary>
    [Fact]
    public void Next_EpochsThatAreTooShort_IsTheGuessInTheEnd()
    {
        WorkerTuner tuner = new([1, 2], guess: 2, beginning: 1, BatchSize, samples: 1_000_000);
        List<int> threads = [];
        for (int epoch = 0; epoch < 1_000; epoch++)
        {
            // Two steps of a millisecond.
            Segment next = tuner.Next();
            threads.Add(next.Threads);
            long steps = Math.Min(2, next.Steps);
            Assert.Null(tuner.Observe(new SegmentTime(2 * epoch, (int)steps * BatchSize, 0.001 * steps, IsCompiling: true, HasRoom: next.Further > 0 ? true : null)));
        }

        Assert.Equal([1, 2], threads.Distinct());
        Assert.InRange(threads.IndexOf(2), 70, 100);
        Assert.DoesNotContain(1, threads[110..]);
    }

    /// <summary>Epochs of 13 ms hold one segment of a trial and the beginning of another: a trial ends all the same.</summary>
    [Theory]
    [InlineData(0.5)]
    [InlineData(2)]
    public void Run_EpochsThatCutEachPair_LosesLittle(double slower)
    {
        TunerScript run = new([1, 2], guess: 2, cores: 3, samples: 2_000_000) { EpochSteps = 52 };
        while (run.Time < 20)
        {
            run.Step(threads => threads == 1 ? 40_000 / slower : 40_000, isCompiling: false);
        }

        Assert.Equal(slower > 1 ? 2 : 1, run.Threads);
        Assert.True(run.SecondsOf(run.Threads) > 0.97 * 20, $"only {run.SecondsOf(run.Threads):0.0} s on the faster number");
    }

    /// <summary>The compiler disturbs each comparison: that of one pair again and again would leave out the others.</summary>
    [Fact]
    public void Run_SomethingCompilesWithoutEnd_TriesAllNumbers()
    {
        TunerScript run = new([1, 2, 3, 4], guess: 2, cores: 8, samples: 10_000_000);
        while (run.Time < 60)
        {
            run.Step(threads => threads * 10_000, isCompiling: true);
        }

        Assert.Equal(4, run.Threads);
    }

    /// <summary>The guess of all cores is compared with the number below it, and then that with its neighbours.</summary>
    [Theory]
    [InlineData(16)]
    [InlineData(15)]
    [InlineData(12)]
    [InlineData(8)]
    public void Run_GuessOfAllCores_FindsTheBest(int best)
    {
        TunerScript run = Run([1, 2, 3, 4, 6, 8, 12, 15, 16], guess: 16, seconds: 60, (threads, _) => 10_000 * (threads <= best ? threads : best / 2.0), cores: 16);

        output.WriteLine(string.Join("; ", run.Changes.Select(change => $"{change.What.From} → {change.What.To} at {change.At:0.0} s")));
        Assert.Equal(15, run.Segments[0].Threads);
        Assert.Equal(best, run.Threads);
        Assert.InRange(run.Changes.Count, 16 - best == 0 ? 0 : 1, 3);
    }

    /// <summary>A program that has a core from the start on: two threads crawl, which shows as soon as they are tried.</summary>
    [Theory]
    [InlineData(1.5)]
    [InlineData(5)]
    public void Run_DisturbedFromTheBeginningOnTwoCores_LosesAFewHundredths(double seconds)
    {
        TunerScript run = Run([1, 2], guess: 2, seconds, (threads, _) => threads == 1 ? 20_000 : 7_000, cores: 2);

        (double at, WorkersChanged change) = Assert.Single(run.Changes);
        Assert.Equal((2, 1), (change.From, change.To));
        Assert.InRange(at, 0.3, 0.7);
        run.AssertLoss(0.06);
    }

    /// <summary>While its code is compiled, the guess is slower than it will be. A change that this led to is undone.</summary>
    [Fact]
    public void Run_GuessIsSlowWhileItIsCompiled_IsTakenAllTheSame()
    {
        TunerScript run = new([1, 2], guess: 2, cores: 2, samples: 400_000);
        while (run.Time < 3)
        {
            bool isCompiling = run.Time < 0.9;
            run.Step(threads => threads == 1 ? 20_000 : isCompiling ? 17_000 : 35_000, isCompiling);
        }

        Assert.Equal([(2, 1), (1, 2)], run.Changes.Select(change => (change.What.From, change.What.To)));
        Assert.InRange(run.Changes[1].At, 0.9, 1.4);
    }

    [Fact]
    public void Next_OnlyOneCandidate_IsTheWholeEpoch()
    {
        WorkerTuner tuner = new([3], guess: 3, beginning: 3, BatchSize, samples: 1_000_000);

        Assert.Equal(new Segment(3, long.MaxValue), tuner.Next());
        Assert.Null(tuner.Observe(new SegmentTime(6_000, 60_000, 2, IsCompiling: false)));
        Assert.Equal(new Segment(3, long.MaxValue), tuner.Next());
    }

    /// <summary>A run on a machine that leaves a core to the compiler, unless it has fewer.</summary>
    private static TunerScript Run(int[] candidates, int guess, double seconds, Func<int, double, double> rateAt, int? cores = null)
    {
        // As many samples as the best number would finish in the time.
        long samples = (long)(seconds * candidates.Max(threads => rateAt(threads, 0)));
        TunerScript run = new(candidates, guess, cores ?? candidates[^1] + 1, samples);
        while (run.Time < seconds)
        {
            run.Step(threads => rateAt(threads, run.Time), isCompiling: run.Time < 0.5);
        }

        return run;
    }
}
