namespace ConvNN.Model.Networks;

/// <summary>Thrown if a network cannot be built: shows the chain of shapes and marks the layer that does not fit.</summary>
/// <param name="message">The one-line message.</param>
public sealed class NetworkException(string message) : ConvNNException(message);
