using ConvNN.Model.Options;

namespace ConvNN.Model.Layers;

/// <summary>Options of <see cref="Softmax"/>.</summary>
public sealed record SoftmaxOptions : LayerOptions
{
    /// <inheritdoc/>
    public override TypeDefinition Definition => Softmax.Type;

    /// <inheritdoc/>
    public override string NamePrefix => "softmax";

    /// <inheritdoc/>
    public override string Summary => "";

    /// <inheritdoc/>
    public override void AddTo(LayerStack stack) => stack.EndInSoftmax();
}

/// <summary>
/// A softmax at the end of the network, <c>p[k] = e^z[k] / Σ_j e^z[j]</c> (PyTorch <c>nn.Softmax</c>, ONNX <c>Softmax</c>); the
/// same as the <c>Activation</c> softmax of the layer before it. A vector.
/// </summary>
/// <remarks>Not an executed layer: losses and predictions apply the softmax to the network's outputs, which loses no precision.</remarks>
public static class Softmax
{
    /// <summary>The registration.</summary>
    public static TypeDefinition<LayerOptions> Type { get; } = LayerType.Define("softmax", "Probabilities that sum to 1; must come last in the network.", () => new SoftmaxOptions());
}
