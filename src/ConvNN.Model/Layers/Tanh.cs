using ConvNN.Kernels.Activations;
using ConvNN.Model.Options;

namespace ConvNN.Model.Layers;

/// <summary>Options of <see cref="Tanh"/>.</summary>
public sealed record TanhOptions : LayerOptions
{
    /// <inheritdoc/>
    public override TypeDefinition Definition => Tanh.Type;

    /// <inheritdoc/>
    public override string NamePrefix => "tanh";

    /// <inheritdoc/>
    public override string Summary => "";

    /// <inheritdoc/>
    public override void AddTo(LayerStack stack) => stack.Add(site => new Tanh(site));
}

/// <summary>Hyperbolic tangent, <c>y = tanh x</c> (PyTorch <c>nn.Tanh</c>, ONNX <c>Tanh</c>). Any shape.</summary>
/// <param name="site">Its place in the network.</param>
public sealed class Tanh(LayerSite site) : ActivationLayer<TanhFunction>(site, default)
{
    /// <summary>The registration.</summary>
    public static TypeDefinition<LayerOptions> Type { get; } = LayerType.Define("tanh", "Hyperbolic tangent.", () => new TanhOptions());
}
