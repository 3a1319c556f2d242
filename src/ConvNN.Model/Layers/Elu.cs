using ConvNN.Kernels.Activations;
using ConvNN.Model.Options;

namespace ConvNN.Model.Layers;

/// <summary>Options of <see cref="Elu"/>.</summary>
public sealed record EluOptions : LayerOptions
{
    /// <summary>What large negative values come to, its sign changed.</summary>
    public double Alpha { get; init; } = 1.0;

    /// <inheritdoc/>
    public override string Type => Elu.Type.Name;

    /// <inheritdoc/>
    public override string NamePrefix => "elu";

    /// <inheritdoc/>
    public override string Summary => Alpha.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Values => [new("Alpha", Alpha)];

    /// <inheritdoc/>
    public override void AddTo(LayerStack stack) => stack.Add(site => new Elu(Alpha, site));
}

/// <summary>Exponential linear unit, <c>y = x &gt; 0 ? x : alpha · (eˣ − 1)</c> (Clevert et al., arXiv:1511.07289; PyTorch <c>nn.ELU</c>, ONNX <c>Elu</c>). Any shape.</summary>
/// <param name="alpha">What large negative values come to, its sign changed.</param>
/// <param name="site">Its place.</param>
/// <exception cref="LayerMisfitException">The alpha is out of range.</exception>
public sealed class Elu(double alpha, LayerSite site) : ActivationLayer<EluFunction>(site, new EluFunction(Checked(alpha)))
{
    /// <summary>The registration.</summary>
    public static LayerType Type { get; } = new(
        "elu",
        "Exponential linear unit, x or alpha · (eˣ − 1).",
        [OptionSpec.Number("Alpha", "what large negative values come to, its sign changed", minimum: 0, below: 1000, otherwise: 1.0)],
        values => new EluOptions { Alpha = values.Get<double>("Alpha") });

    private static float Checked(double alpha) => alpha is >= 0 and < 1000
        ? (float)alpha
        : throw new LayerMisfitException(string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"elu takes an alpha of at least 0 and below 1000 but gets {alpha}."));
}
