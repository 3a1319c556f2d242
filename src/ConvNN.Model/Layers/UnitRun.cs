namespace ConvNN.Model.Layers;

/// <summary>Consecutive units of a layer.</summary>
/// <param name="First">The first.</param>
/// <param name="Count">How many.</param>
public readonly record struct UnitRun(int First, int Count);
