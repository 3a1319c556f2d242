namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>The memory bandwidth of several cores together.</summary>
/// <param name="Access"><c>read</c> or <c>triad</c>.</param>
/// <param name="Cores">The number of cores.</param>
/// <param name="GigabytesPerSecond">GB/s, of 10⁹ bytes.</param>
internal sealed record MemoryReport(string Access, int Cores, Spread GigabytesPerSecond);
