using ConvNN.Kernels.Activations;
using ConvNN.Model.Options;

namespace ConvNN.Model.Layers;

/// <summary>Options of <see cref="LeakyRelu"/>.</summary>
public sealed record LeakyReluOptions : LayerOptions
{
    /// <summary>Factor of what is not positive.</summary>
    public double Slope { get; init; } = 0.01;

    /// <inheritdoc/>
    public override string Type => LeakyRelu.Type.Name;

    /// <inheritdoc/>
    public override string NamePrefix => "leakyrelu";

    /// <inheritdoc/>
    public override string Summary => Slope.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Values => [new("Slope", Slope)];

    /// <inheritdoc/>
    public override void AddTo(LayerStack stack) => stack.Add(site => new LeakyRelu(Slope, site));
}

/// <summary>Leaky rectifier, <c>y = x &gt; 0 ? x : slope · x</c> (Maas et al. 2013; PyTorch <c>nn.LeakyReLU</c>, ONNX <c>LeakyRelu</c>). Any shape.</summary>
/// <param name="slope">Factor of what is not positive.</param>
/// <param name="site">Its place.</param>
/// <exception cref="LayerMisfitException">The slope is out of range.</exception>
public sealed class LeakyRelu(double slope, LayerSite site) : ActivationLayer<LeakyReluFunction>(site, new LeakyReluFunction(Checked(slope)))
{
    /// <summary>The registration.</summary>
    public static LayerType Type { get; } = new(
        "leakyrelu",
        "Leaky rectifier, x or slope · x.",
        [OptionSpec.Number("Slope", "factor of what is not positive", minimum: 0, below: 1, otherwise: 0.01)],
        values => new LeakyReluOptions { Slope = values.Get<double>("Slope") });

    private static float Checked(double slope) => slope is >= 0 and < 1
        ? (float)slope
        : throw new LayerMisfitException(string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"leakyrelu takes a slope of at least 0 and below 1 but gets {slope}."));
}
