using ConvNN.Kernels;
using ConvNN.Kernels.Probes;
using ConvNN.Kernels.Vectors;

namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>How fast memory comes and goes, over arrays that no cache holds.</summary>
/// <param name="length">Floats of each of three arrays.</param>
internal sealed class MemoryBandwidth(int length)
{
    // A megabyte of each array a piece: some ten microseconds or more.
    private const int Piece = 1 << 18;

    private readonly MachineProbe _probe = KernelSet.For(KernelSet.BestTier).Probe;
    private readonly AlignedBuffer _target = Filled(length);
    private readonly AlignedBuffer _x = Filled(length);
    private readonly AlignedBuffer _y = Filled(length);

    /// <summary>GB/s of several cores that read together, each its own part.</summary>
    /// <param name="cores">The number of cores.</param>
    /// <param name="duration">How long to measure.</param>
    public double Read(int cores, TimeSpan duration) => Measure(cores, duration, (start, count) =>
    {
        float sum = _probe.Read(_target.Span.Slice(start, count)) + _probe.Read(_x.Span.Slice(start, count)) + _probe.Read(_y.Span.Slice(start, count));
        return float.IsFinite(sum) ? 3 * count : 0;
    });

    /// <summary>GB/s of several cores that do STREAM's triad together; two reads and a write count, not that a cache reads what will be overwritten.</summary>
    /// <param name="cores">The number of cores.</param>
    /// <param name="duration">How long to measure.</param>
    public double Triad(int cores, TimeSpan duration) => Measure(cores, duration, (start, count) =>
    {
        _probe.Triad(_target.Span.Slice(start, count), _x.Span.Slice(start, count), _y.Span.Slice(start, count), factor: 0.5f);
        return 3 * count;
    });

    private double Measure(int cores, TimeSpan duration, Func<int, int, int> piece)
    {
        int part = length / cores;
        int[] next = new int[cores];
        return CoreTeam.Rate(cores, duration, core =>
        {
            int count = Math.Min(Piece, part - next[core]);
            double floats = piece((core * part) + next[core], count);
            next[core] = (next[core] + count) % part;
            return floats * sizeof(float);
        }) / 1e9;
    }

    // What nobody has written lies in one page of zeros, and that in a cache.
    private static AlignedBuffer Filled(int length)
    {
        AlignedBuffer buffer = new(length);
        buffer.Span.Fill(1f);
        return buffer;
    }
}
