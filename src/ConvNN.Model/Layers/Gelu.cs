using ConvNN.Kernels.Activations;
using ConvNN.Model.Options;

namespace ConvNN.Model.Layers;

/// <summary>Options of <see cref="Gelu"/>.</summary>
public sealed record GeluOptions : LayerOptions
{
    /// <inheritdoc/>
    public override TypeDefinition Definition => Gelu.Type;

    /// <inheritdoc/>
    public override string NamePrefix => "gelu";

    /// <inheritdoc/>
    public override string Summary => "";

    /// <inheritdoc/>
    public override void AddTo(LayerStack stack) => stack.Add(site => new Gelu(site));
}

/// <summary>
/// Gaussian error linear unit, <c>y = x · Φ(x)</c>, where Φ is the standard normal distribution function, computed with the
/// error function (Hendrycks and Gimpel, arXiv:1606.08415; PyTorch <c>nn.GELU</c>, ONNX <c>Gelu</c>). Any shape.
/// </summary>
/// <param name="site">Its place in the network.</param>
public sealed class Gelu(LayerSite site) : ActivationLayer<GeluFunction>(site, default)
{
    /// <summary>The registration.</summary>
    public static TypeDefinition<LayerOptions> Type { get; } = LayerType.Define("gelu", "Gaussian error linear unit, x · Φ(x).", () => new GeluOptions());
}
