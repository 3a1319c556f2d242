using ConvNN.Model.Options;

namespace ConvNN.Model.Layers;

/// <summary>Options of <see cref="Dropout2d"/>.</summary>
public sealed record Dropout2dOptions : LayerOptions
{
    /// <summary>Fraction of the channels dropped, in [0, 1).</summary>
    public required double Rate { get; init => field = Checked(value); }

    /// <inheritdoc/>
    public override TypeDefinition Definition => Dropout2d.Type;

    /// <inheritdoc/>
    public override string NamePrefix => "dropout";

    /// <inheritdoc/>
    public override string Summary => Rate.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override void AddTo(LayerStack stack) => stack.Add(site => new Dropout2d(Rate, site));
}

/// <summary>
/// Dropout of whole channels, since neighbouring values of a channel are strongly correlated (Tompson et al.,
/// arXiv:1411.4280; PyTorch <c>nn.Dropout2d</c>). Channel c uses random word c, as in <see cref="Dropout"/>. x and y [N, C, H, W].
/// </summary>
public sealed class Dropout2d : Dropout
{
    /// <summary>Creates the layer.</summary>
    /// <param name="rate">p, the fraction of the channels dropped.</param>
    /// <param name="site">Its place in the network.</param>
    /// <exception cref="LayerMisfitException">The input is a vector, or <paramref name="rate"/> is not in [0, 1).</exception>
    public Dropout2d(double rate, LayerSite site)
        : base(rate, site, unitLength: site.Input.Height * site.Input.Width)
    {
        if (Input.IsVector)
        {
            throw new LayerMisfitException($"dropout2d needs an image but gets a vector of {Input}; use dropout for a vector.");
        }
    }

    /// <summary>The registration.</summary>
    public static new TypeDefinition<LayerOptions> Type { get; } = LayerType.Define(
        "dropout2d",
        "Drops whole channels at random in training.",
        () => new Dropout2dOptions { Rate = 0 },
        Option.Of("Rate", ValueKinds.Share, (Dropout2dOptions o) => o.Rate, (o, v) => o with { Rate = v }, "fraction of the channels to drop") with { IsRequired = true });
}
