using ConvNN.Kernels.Activations;
using ConvNN.Model.Options;

namespace ConvNN.Model.Layers;

/// <summary>Options of <see cref="LeakyRelu"/>.</summary>
public sealed record LeakyReluOptions : LayerOptions
{
    /// <summary>Factor for values that are not positive.</summary>
    public double Slope { get; init => field = Checked(value); } = 0.01;

    /// <inheritdoc/>
    public override TypeDefinition Definition => LeakyRelu.Type;

    /// <inheritdoc/>
    public override string NamePrefix => "leakyrelu";

    /// <inheritdoc/>
    public override string Summary => Slope.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override void AddTo(LayerStack stack) => stack.Add(site => new LeakyRelu(this, site));
}

/// <summary>
/// Leaky rectifier, <c>y = x &gt; 0 ? x : slope · x</c> (Maas et al. 2013; PyTorch <c>nn.LeakyReLU</c>, ONNX <c>LeakyRelu</c>).
/// Any shape.
/// </summary>
/// <param name="options">The options.</param>
/// <param name="site">Its place in the network.</param>
public sealed class LeakyRelu(LeakyReluOptions options, LayerSite site) : ActivationLayer<LeakyReluFunction>(site, new LeakyReluFunction((float)options.Slope))
{
    /// <summary>The registration.</summary>
    public static TypeDefinition<LayerOptions> Type { get; } = LayerType.Define(
        "leakyrelu",
        "Leaky rectifier, x or slope · x.",
        () => new LeakyReluOptions(),
        Option.Of("Slope", ValueKinds.Share, (LeakyReluOptions o) => o.Slope, (o, v) => o with { Slope = v }, "factor for values that are not positive"));
}
