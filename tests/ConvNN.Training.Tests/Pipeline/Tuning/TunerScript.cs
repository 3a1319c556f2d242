using ConvNN.Training.Pipeline.Tuning;
using ConvNN.Training.Progress;

namespace ConvNN.Training.Tests.Pipeline.Tuning;

/// <summary>A run on a machine whose throughput is given.</summary>
internal sealed class TunerScript(int[] candidates, int guess, int cores, long samples)
{
    public const int BatchSize = 10;

    private readonly WorkerTuner _tuner = new(candidates, guess, WorkerCandidates.BeginningOf(candidates, guess, cores), BatchSize, samples);
    private long _steps;

    public long EpochSteps { get; init; } = long.MaxValue;

    /// <summary>Seconds more that the first segment of a number takes, since code is compiled for it.</summary>
    public double FirstUse { get; init; }

    /// <summary>Processors that other programs leave at a time, in seconds.</summary>
    public Func<double, int> FreeAt { get; init; } = _ => int.MaxValue;

    /// <summary>Seconds that looking for processors takes from the step.</summary>
    public double LookCost { get; init; }

    public double Time { get; private set; }

    public int Threads => _tuner.Threads;

    /// <summary>Segments beside which processors for further threads were looked for.</summary>
    public int Looks { get; private set; }

    public List<(double At, WorkersChanged What)> Changes { get; } = [];

    public List<(int Threads, int Samples, double Rate, double End, long Steps)> Segments { get; } = [];

    public int SegmentsOf(int threads) => Segments.Count(segment => segment.Threads == threads);

    public double SecondsOf(int threads) => Segments.Where(segment => segment.Threads == threads).Sum(segment => segment.Samples / segment.Rate);

    public long StepsAt(double time) => Segments.Last(segment => segment.End <= time).Steps;

    public void Step(Func<int, double> rateOf, bool isCompiling)
    {
        Segment next = _tuner.Next();
        long steps = Math.Min(next.Steps, EpochSteps - (_steps % EpochSteps));
        int count = (int)(steps * BatchSize);
        double seconds = (count / rateOf(next.Threads)) + (SegmentsOf(next.Threads) == 0 ? FirstUse : 0) + (next.Further > 0 ? LookCost : 0);
        _steps += steps;
        Time += seconds;
        Segments.Add((next.Threads, count, count / seconds, Time, _steps));
        bool? hasRoom = next.Further == 0 ? null : next.Threads + next.Further <= FreeAt(Time);
        Looks += next.Further == 0 ? 0 : 1;
        if (_tuner.Observe(new SegmentTime(_steps, count, seconds, isCompiling, hasRoom)) is { } change)
        {
            Changes.Add((Time, change));
        }
    }

    /// <summary>Fails unless the run took its time and no more than a share beyond that of its best rate.</summary>
    public void AssertLoss(double share)
    {
        double ideal = Segments.Sum(segment => segment.Samples) / Segments.Max(segment => segment.Rate);
        TestContext.Current.TestOutputHelper?.WriteLine($"{Time:0.0} s: {SegmentsOf(1)} segments of one thread, {(Time / ideal) - 1:0.00 %} lost");
        Assert.InRange(Time / ideal, 1, 1 + share);
    }
}
