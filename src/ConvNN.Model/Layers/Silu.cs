using ConvNN.Kernels.Activations;
using ConvNN.Model.Options;

namespace ConvNN.Model.Layers;

/// <summary>Options of <see cref="Silu"/>.</summary>
public sealed record SiluOptions : LayerOptions
{
    /// <inheritdoc/>
    public override TypeDefinition Definition => Silu.Type;

    /// <inheritdoc/>
    public override string NamePrefix => "silu";

    /// <inheritdoc/>
    public override string Summary => "";

    /// <inheritdoc/>
    public override void AddTo(LayerStack stack) => stack.Add(site => new Silu(site));
}

/// <summary>
/// Sigmoid linear unit (swish), <c>y = x / (1 + e⁻ˣ)</c> (Elfwing et al., arXiv:1702.03118; PyTorch <c>nn.SiLU</c>). Any shape.
/// </summary>
/// <param name="site">Its place in the network.</param>
public sealed class Silu(LayerSite site) : ActivationLayer<SiluFunction>(site, default)
{
    /// <summary>The registration.</summary>
    public static TypeDefinition<LayerOptions> Type { get; } = LayerType.Define("silu", "Sigmoid linear unit (swish), x · sigmoid(x).", () => new SiluOptions());
}
