namespace ConvNN.Model.Networks;

/// <summary>A network that cannot be built: the chain of shapes up to the layer that does not fit, which is marked.</summary>
/// <param name="message">The one line.</param>
public sealed class NetworkException(string message) : ConvNNException(message);
