namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>What a step takes that computes next to nothing.</summary>
/// <param name="Exchange">How gradients come together: <c>owned-rows</c>.</param>
/// <param name="Workers">The number of workers.</param>
/// <param name="Cores">The cores that meet in the step.</param>
/// <param name="Microseconds">µs of a step.</param>
internal sealed record HandOffReport(string Exchange, int Workers, int Cores, Spread Microseconds);
