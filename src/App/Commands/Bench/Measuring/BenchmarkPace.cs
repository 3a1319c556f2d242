namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>How long a benchmark measures.</summary>
/// <param name="Rounds">The number of rounds. Everything has a turn in each, so that a busy moment affects all alike.</param>
/// <param name="WarmUp">How long each pipeline runs before it is measured, since the runtime recompiles hot loops.</param>
/// <param name="Turn">How long a turn in a round takes.</param>
/// <param name="MemoryLength">The length of each of the three float arrays for measuring memory; together they exceed the caches.</param>
internal sealed record BenchmarkPace(int Rounds, TimeSpan WarmUp, TimeSpan Turn, int MemoryLength)
{
    /// <summary>45 seconds for the default networks on two cores.</summary>
    public static BenchmarkPace Full { get; } = new(5, TimeSpan.FromSeconds(0.4), TimeSpan.FromSeconds(0.2), 1 << 24);

    /// <summary>A few seconds: enough to see that everything works, but not for reliable figures.</summary>
    public static BenchmarkPace Quick { get; } = new(3, TimeSpan.FromSeconds(0.05), TimeSpan.FromSeconds(0.015), 1 << 22);
}
