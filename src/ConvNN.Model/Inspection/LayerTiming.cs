namespace ConvNN.Model.Inspection;

/// <summary>How long a step of a network takes for a batch.</summary>
/// <param name="Name">The configured layer that it belongs to.</param>
/// <param name="Type">What it is: <c>dense</c>, <c>relu</c>, or the name of a fused step.</param>
/// <param name="Operations">Floating-point operations of a forward pass for the whole batch, as the layer is defined; each gradient takes as many.</param>
/// <param name="Forward">Seconds of the forward pass.</param>
/// <param name="ParameterGradient">Seconds of the gradient by its parameters; null if it has none.</param>
/// <param name="InputGradient">Seconds of the gradient by its input; null if nothing before it needs that.</param>
public sealed record LayerTiming(string Name, string Type, long Operations, double Forward, double? ParameterGradient, double? InputGradient)
{
    /// <summary>Seconds of all three.</summary>
    public double Total => Forward + (ParameterGradient ?? 0) + (InputGradient ?? 0);
}
