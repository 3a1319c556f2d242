namespace ConvNN.Kernels.Normalization;

/// <summary>The parameters that normalise a channel: <c>y = γ · (x − mean) / √(variance + ε) + β</c>.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="InverseDeviation">1 / √(variance + ε).</param>
/// <param name="Gamma">γ.</param>
/// <param name="Beta">β.</param>
public readonly record struct ChannelNorm(double Mean, double InverseDeviation, float Gamma, float Beta);
