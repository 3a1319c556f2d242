namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>The duration of one pass of a layer on one core, for a whole batch.</summary>
/// <remarks>
/// Operations are those of the layer's definition. A convolution fused with its pool skips zero gradients, up to seven out
/// of eight, and may therefore seem to exceed the peak.
/// </remarks>
/// <param name="Microseconds">µs.</param>
/// <param name="Gflops">GFLOP/s; null if its arithmetic is not counted, as in a ReLU.</param>
/// <param name="PeakShare">The share of the multiply-add peak of one core, measured in the same rounds.</param>
internal sealed record LayerPartReport(Spread Microseconds, double? Gflops, double? PeakShare);
