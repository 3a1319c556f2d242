namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>The multiply-add peak of several cores together.</summary>
/// <param name="Kernels">The tier: <c>vector512</c>.</param>
/// <param name="Cores">The number of cores.</param>
/// <param name="Gflops">GFLOP/s.</param>
internal sealed record MultiplyAddReport(string Kernels, int Cores, Spread Gflops);
