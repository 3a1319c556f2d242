namespace ConvNN.Training.Benchmarking;

/// <summary>What a step takes that computes next to nothing.</summary>
/// <param name="Workers">The number of workers.</param>
/// <param name="Microseconds">µs of a step.</param>
public sealed record HandOffReport(int Workers, Spread Microseconds);
