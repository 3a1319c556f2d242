using ConvNN.Training.Progress;

namespace ConvNN.Training.Tests.Pipeline.Tuning;

/// <summary>What the tuner decides where other programs have processors: it tries more threads only when they are free.</summary>
public class WorkerTunerRoomTests
{
    /// <summary>A guess for which no processor is free is not tried, and nothing is lost but what the compiler takes.</summary>
    [Fact]
    public void Run_NoProcessorIsFreeForTheGuess_ChangesWithoutATrial()
    {
        TunerScript run = new([1, 2], guess: 2, cores: 2, samples: 400_000) { FreeAt = time => time < 5 ? 1 : 2 };
        while (run.Time < 5)
        {
            run.Step(threads => threads == 1 ? 20_000 : 7_000, isCompiling: run.Time < 0.5);
        }

        (double at, WorkersChanged change) = Assert.Single(run.Changes);
        Assert.Equal((2, 1, 20_000, null), (change.From, change.To, Math.Round(change.ImagesPerSecond), change.Against));
        Assert.InRange(at, 0.5, 0.9);
        Assert.Equal(0, run.SegmentsOf(2));
        Assert.InRange(run.Looks, 10, 16);

        // Where one is free again, the next look finds it.
        while (run.Time < 10)
        {
            run.Step(threads => threads * 20_000, isCompiling: false);
        }

        Assert.Equal([(2, 1), (1, 2)], run.Changes.Select(found => (found.What.From, found.What.To)));
        Assert.InRange(run.Changes[1].At, 5, 6);
    }

    /// <summary>Where looking for processors takes time from the step, it is a part of what trials may lose.</summary>
    [Fact]
    public void Run_LooksTakeTime_LosesNoMoreThanTheShareOfTrials()
    {
        TunerScript run = new([1, 2], guess: 2, cores: 2, samples: 60 * 20_000) { FreeAt = _ => 1, LookCost = 0.02 };
        while (run.Time < 60)
        {
            run.Step(_ => 20_000, isCompiling: run.Time < 0.5);
        }

        // The first three, before the guess is given up, are not trials without an occasion; looking twice a second would take 2.4 s.
        Assert.InRange(run.Looks, 3 + 5, 3 + 20);
        run.AssertLoss(0.01);
    }

    /// <summary>What begins with the run, such as the compiler's last methods, and ends soon.</summary>
    [Fact]
    public void Run_ProcessorIsTakenForAMoment_TriesTheGuessAfterIt()
    {
        TunerScript run = new([1, 2], guess: 2, cores: 2, samples: 400_000) { FreeAt = time => time < 0.2 ? 1 : 2 };
        while (run.Time < 1)
        {
            run.Step(threads => threads * 20_000, isCompiling: false);
        }

        Assert.Empty(run.Changes);
        Assert.Equal(2, run.Threads);
        Assert.True(run.SecondsOf(2) > 0.5, $"only {run.SecondsOf(2):0.00} s on the guess");
    }

    /// <summary>The first step of a large network takes long, and much is compiled after it, too: until then the compiler has the processor.</summary>
    [Fact]
    public void Run_CompilerHasTheProcessorAfterALongFirstStep_WaitsForIt()
    {
        TunerScript run = new([1, 2], guess: 2, cores: 2, samples: 400_000) { FreeAt = time => time < 1.15 ? 1 : 2, FirstUse = 0.7 };
        while (run.Time < 3)
        {
            run.Step(threads => threads * 20_000, isCompiling: run.Time < 1.15);
        }

        Assert.Empty(run.Changes);
        Assert.Equal(2, run.Threads);
    }

    /// <summary>A short run has no time to lose, but a guess that was given up is compiled all the same: it is the first trial.</summary>
    [Fact]
    public void Run_ProcessorIsFreeAfterTheGuessWasGivenUp_TakesItInAShortRun()
    {
        TunerScript run = new([1, 2], guess: 2, cores: 2, samples: 3 * 40_000) { FreeAt = time => time < 1 ? 1 : 2, FirstUse = 0.1 };
        while (run.Time < 3)
        {
            run.Step(threads => threads * 20_000, isCompiling: run.Time < 0.5);
        }

        Assert.Equal([(2, 1), (1, 2)], run.Changes.Select(found => (found.What.From, found.What.To)));
        Assert.InRange(run.Changes[1].At, 1, 2);
    }

    /// <summary>Threads fewer than run need no further processor.</summary>
    [Fact]
    public void Run_DisturbedLater_TriesFewerThreadsWithoutLooking()
    {
        TunerScript run = new([1, 2], guess: 2, cores: 3, samples: 400_000) { FreeAt = _ => 1 };
        while (run.Time < 10)
        {
            run.Step(threads => threads == 1 ? 20_000 : run.Time < 5 ? 35_000 : 7_000, isCompiling: false);
            Assert.True(run.Time > 5 || run.Looks == 0);
        }

        Assert.Equal((2, 1), (Assert.Single(run.Changes).What.From, run.Threads));
    }

    /// <summary>Where no processor is free for more threads, fewer have their turn all the same.</summary>
    [Fact]
    public void Run_NoProcessorIsFreeForMore_StillTriesFewer()
    {
        TunerScript run = new([1, 2, 3, 4], guess: 3, cores: 4, samples: 90 * 30_000) { FreeAt = _ => 3 };
        while (run.Time < 90)
        {
            // One that is faster, but by less than what shows without a trial.
            run.Step(threads => threads == 2 && run.Time > 10 ? 33_000 : 30_000 - (2_000 * (3 - Math.Min(3, threads))), isCompiling: run.Time < 0.5);
        }

        Assert.Equal((3, 2), run.Changes.Select(change => (change.What.From, change.What.To)).First());
        Assert.InRange(run.Changes[0].At, 10, 20);
        Assert.Equal(0, run.SegmentsOf(4));
    }

    /// <summary>A number that the compiler disturbed is not looked for all the time if another program has its processor afterwards.</summary>
    [Fact]
    public void Run_ProcessorIsTakenBeforeTheGuessIsComparedAgain_LooksTwiceASecond()
    {
        TunerScript run = new([1, 2], guess: 2, cores: 2, samples: 30 * 20_000) { FreeAt = time => time < 0.8 ? 2 : 1 };
        while (run.Time < 10)
        {
            run.Step(threads => threads == 1 ? 20_000 : 17_000, isCompiling: run.Time < 0.9);
        }

        Assert.Equal((2, 1), (Assert.Single(run.Changes).What.From, run.Threads));
        Assert.InRange(run.Looks, 5, 22);
    }
}
