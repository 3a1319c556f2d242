namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>The duration of a layer, as executed, on one core, for a whole batch.</summary>
/// <param name="Name">The configured layer to which it belongs.</param>
/// <param name="Type">Its type; a fused layer has a type of its own.</param>
/// <param name="Forward">The forward pass.</param>
/// <param name="ParameterGradient">The gradient with respect to the parameters; null if it has none.</param>
/// <param name="InputGradient">The gradient with respect to the input; null if no earlier layer needs it.</param>
internal sealed record LayerReport(string Name, string Type, LayerPartReport Forward, LayerPartReport? ParameterGradient, LayerPartReport? InputGradient);
