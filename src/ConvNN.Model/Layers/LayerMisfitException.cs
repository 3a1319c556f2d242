namespace ConvNN.Model.Layers;

/// <summary>A layer that does not fit the shape that reaches it; the network adds the chain of shapes.</summary>
/// <param name="message">What the layer got and what it needs, with both numbers.</param>
public sealed class LayerMisfitException(string message) : ConvNNException(message);
