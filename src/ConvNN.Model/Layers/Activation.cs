namespace ConvNN.Model.Layers;

/// <summary>The activations that a layer can end in, by the names that the configuration uses.</summary>
public static class Activation
{
    /// <summary><c>max(0, x)</c>.</summary>
    public const string Relu = "relu";

    /// <summary>Probabilities that add up to 1; for the last layer of a network.</summary>
    public const string Softmax = "softmax";

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } = [Relu, Softmax];
}
