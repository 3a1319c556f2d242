namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>How long a benchmark measures.</summary>
/// <param name="Rounds">Rounds; in each, everything that is compared has its turn, so that a busy moment of the machine hits all alike.</param>
/// <param name="WarmUp">Time that each pipeline runs before it is measured: the runtime compiles loops again once it knows them.</param>
/// <param name="Turn">Time of a turn in a round.</param>
/// <param name="MemoryLength">Floats of each of the three arrays with which memory is measured; together more than caches hold.</param>
internal sealed record BenchmarkPace(int Rounds, TimeSpan WarmUp, TimeSpan Turn, int MemoryLength)
{
    /// <summary>Half a minute for the default networks on two cores.</summary>
    public static BenchmarkPace Full { get; } = new(5, TimeSpan.FromSeconds(0.4), TimeSpan.FromSeconds(0.2), 1 << 24);

    /// <summary>A few seconds: enough to see that everything works, and not for figures that one keeps.</summary>
    public static BenchmarkPace Quick { get; } = new(3, TimeSpan.FromSeconds(0.05), TimeSpan.FromSeconds(0.015), 1 << 22);
}
