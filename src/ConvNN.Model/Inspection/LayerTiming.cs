namespace ConvNN.Model.Inspection;

/// <summary>How long a layer of a network takes for a batch.</summary>
/// <param name="Name">The configured layer that it belongs to.</param>
/// <param name="Type">Its type: <c>dense</c>, <c>relu</c>, or the name of a fused layer.</param>
/// <param name="Operations">
/// Floating-point operations of a forward pass for the whole batch, by definition; each gradient takes as many.
/// </param>
/// <param name="Forward">Seconds for the forward pass.</param>
/// <param name="ParameterGradient">Seconds for the gradient with respect to its parameters; null if it has none.</param>
/// <param name="InputGradient">Seconds for the gradient with respect to its input; null if nothing before it needs that.</param>
public sealed record LayerTiming(string Name, string Type, long Operations, double Forward, double? ParameterGradient, double? InputGradient)
{
    /// <summary>Seconds for all three.</summary>
    public double Total => Forward + (ParameterGradient ?? 0) + (InputGradient ?? 0);
}
