namespace ConvNN.Model.Layers;

/// <summary>Consecutive channels of a layer's output.</summary>
/// <param name="First">The first.</param>
/// <param name="Count">How many.</param>
public readonly record struct ChannelRun(int First, int Count);
