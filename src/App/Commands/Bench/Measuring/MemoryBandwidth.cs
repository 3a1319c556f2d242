using ConvNN.Kernels;
using ConvNN.Kernels.Probes;
using ConvNN.Kernels.Vectors;

namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>Measures memory bandwidth with arrays that do not fit into any cache.</summary>
/// <param name="length">The length of each of the three float arrays.</param>
internal sealed class MemoryBandwidth(int length)
{
    // A piece is a megabyte of each array, which takes ten microseconds or more.
    private const int Piece = 1 << 18;

    private readonly MachineProbe _probe = KernelSet.For(KernelSet.BestTier).Probe;
    private readonly AlignedBuffer _target = Filled(length);
    private readonly AlignedBuffer _x = Filled(length);
    private readonly AlignedBuffer _y = Filled(length);

    /// <summary>The total GB/s of several cores, each reading its own part.</summary>
    /// <param name="cores">The number of cores.</param>
    /// <param name="duration">How long to measure.</param>
    public double Read(int cores, TimeSpan duration) => Measure(cores, duration, (start, count) =>
    {
        float sum = _probe.Read(_target.Span.Slice(start, count)) + _probe.Read(_x.Span.Slice(start, count)) + _probe.Read(_y.Span.Slice(start, count));
        return float.IsFinite(sum) ? 3 * count : 0;
    });

    /// <summary>The total GB/s of several cores in STREAM's triad, counting two reads and a write, but no read for ownership.</summary>
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

    // Untouched memory maps to a single zero page, which would stay in the cache.
    private static AlignedBuffer Filled(int length)
    {
        AlignedBuffer buffer = new(length);
        buffer.Span.Fill(1f);
        return buffer;
    }
}
