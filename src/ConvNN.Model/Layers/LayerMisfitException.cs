namespace ConvNN.Model.Layers;

/// <summary>Thrown if a layer does not fit its input shape; the network adds the chain of shapes.</summary>
/// <param name="message">What the layer got and what it needs, with both numbers.</param>
public sealed class LayerMisfitException(string message) : ConvNNException(message);
