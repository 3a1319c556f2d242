namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>What a part of a step takes on one core, for a whole batch.</summary>
/// <remarks>
/// Operations are those of the layer's definition. The gradients of a convolution that is fused with its pool leave out
/// what carries none, up to seven of eight, and so may show more than the peak.
/// </remarks>
/// <param name="Microseconds">µs.</param>
/// <param name="Gflops">GFLOP/s; null if it is not arithmetic that counts, as in a rectifier.</param>
/// <param name="PeakShare">The part of the multiply-add peak of one core, measured in the same rounds.</param>
internal sealed record LayerPartReport(Spread Microseconds, double? Gflops, double? PeakShare);
