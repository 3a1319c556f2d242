namespace ConvNN.Kernels.Normalization;

/// <summary>Where the values of a channel lie in a run of samples.</summary>
/// <param name="Start">The channel's first value in the first sample.</param>
/// <param name="Length">Its values in a sample.</param>
/// <param name="Stride">Floats from one sample to the next.</param>
public readonly record struct ChannelSpan(int Start, int Length, int Stride);
