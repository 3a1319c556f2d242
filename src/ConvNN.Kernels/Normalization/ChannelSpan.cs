namespace ConvNN.Kernels.Normalization;

/// <summary>The location of a channel's values in consecutive samples.</summary>
/// <param name="Start">Index of the channel's first value in the first sample.</param>
/// <param name="Length">Number of the channel's values in each sample.</param>
/// <param name="Stride">Floats from one sample to the next.</param>
public readonly record struct ChannelSpan(int Start, int Length, int Stride);
