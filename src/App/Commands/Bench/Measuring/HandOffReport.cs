namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>The duration of a step that computes almost nothing.</summary>
/// <param name="Exchange">How gradients are exchanged: <c>own-features</c>.</param>
/// <param name="Workers">The number of workers.</param>
/// <param name="Cores">The number of cores that take part in the step.</param>
/// <param name="Microseconds">µs per step.</param>
internal sealed record HandOffReport(string Exchange, int Workers, int Cores, Spread Microseconds);
