using ConvNN.Kernels.Activations;
using ConvNN.Model.Options;

namespace ConvNN.Model.Layers;

/// <summary>Options of <see cref="Elu"/>.</summary>
public sealed record EluOptions : LayerOptions
{
    /// <summary>For large negative x, y approaches −Alpha.</summary>
    public double Alpha { get; init => field = Checked(value); } = 1.0;

    /// <inheritdoc/>
    public override TypeDefinition Definition => Elu.Type;

    /// <inheritdoc/>
    public override string NamePrefix => "elu";

    /// <inheritdoc/>
    public override string Summary => Alpha.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override void AddTo(LayerStack stack) => stack.Add(site => new Elu(this, site));
}

/// <summary>
/// Exponential linear unit, <c>y = x &gt; 0 ? x : alpha · (eˣ − 1)</c> (Clevert et al., arXiv:1511.07289; PyTorch <c>nn.ELU</c>,
/// ONNX <c>Elu</c>). Any shape.
/// </summary>
/// <param name="options">The options.</param>
/// <param name="site">Its place in the network.</param>
public sealed class Elu(EluOptions options, LayerSite site) : ActivationLayer<EluFunction>(site, new EluFunction((float)options.Alpha))
{
    /// <summary>The registration.</summary>
    public static TypeDefinition<LayerOptions> Type { get; } = LayerType.Define(
        "elu",
        "Exponential linear unit, x or alpha · (eˣ − 1).",
        () => new EluOptions(),
        Option.Of("Alpha", ValueKinds.Number(NumberRange.AtLeast(0).Below(1000)), (EluOptions o) => o.Alpha, (o, v) => o with { Alpha = v }, "the output approaches −Alpha for large negative inputs"));
}
