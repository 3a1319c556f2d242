using ConvNN.Kernels.Activations;
using ConvNN.Model.Options;

namespace ConvNN.Model.Layers;

/// <summary>Options of <see cref="Sigmoid"/>.</summary>
public sealed record SigmoidOptions : LayerOptions
{
    /// <inheritdoc/>
    public override TypeDefinition Definition => Sigmoid.Type;

    /// <inheritdoc/>
    public override string NamePrefix => "sigmoid";

    /// <inheritdoc/>
    public override string Summary => "";

    /// <inheritdoc/>
    public override void AddTo(LayerStack stack) => stack.Add(site => new Sigmoid(site));
}

/// <summary>Logistic function, <c>y = 1 / (1 + e⁻ˣ)</c> (PyTorch <c>nn.Sigmoid</c>, ONNX <c>Sigmoid</c>). Any shape.</summary>
/// <param name="site">Its place in the network.</param>
public sealed class Sigmoid(LayerSite site) : ActivationLayer<SigmoidFunction>(site, default)
{
    /// <summary>The registration.</summary>
    public static TypeDefinition<LayerOptions> Type { get; } = LayerType.Define("sigmoid", "Logistic function, 1 / (1 + e⁻ˣ).", () => new SigmoidOptions());
}
