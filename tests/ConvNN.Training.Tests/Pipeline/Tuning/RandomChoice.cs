using ConvNN.Training.Pipeline.Tuning;
using ConvNN.Training.Progress;

namespace ConvNN.Training.Tests.Pipeline.Tuning;

/// <summary>Changes the number of threads after one step or a few, oversubscribed or not.</summary>
internal sealed class RandomChoice(int seed) : IThreadChoice
{
    private static readonly int[] All = [1, 2, 3, 5, 8];

    private readonly Random _random = new(seed);

    public int Most => 3;

    public int Threads => 1;

    public int Segments { get; private set; }

    public HashSet<int> Numbers { get; } = [];

    public Segment Next()
    {
        Segment next = new(All[_random.Next(All.Length)], _random.Next(1, 6));
        Segments++;
        Numbers.Add(next.Threads);
        return next;
    }

    public WorkersChanged? Observe(SegmentTime time) => null;
}
