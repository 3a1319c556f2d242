namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>What a step of the network takes on one core, for a whole batch.</summary>
/// <param name="Name">The configured layer that it belongs to.</param>
/// <param name="Type">What it is; a fused step has a name of its own.</param>
/// <param name="Forward">The forward pass.</param>
/// <param name="ParameterGradient">The gradient by the parameters; null if it has none.</param>
/// <param name="InputGradient">The gradient by the input; null if nothing before it needs that.</param>
internal sealed record LayerReport(string Name, string Type, LayerPartReport Forward, LayerPartReport? ParameterGradient, LayerPartReport? InputGradient);
