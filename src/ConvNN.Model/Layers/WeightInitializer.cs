using System.Globalization;
using ConvNN.Model.Options;
using ConvNN.Model.Parameters;

namespace ConvNN.Model.Layers;

/// <summary>How the weights of a layer are initialised, by configuration names. To add an initializer, add a line here.</summary>
public static class WeightInitializer
{
    /// <summary>The initializer that gives every weight the same value.</summary>
    public const string Constant = "constant";

    private static readonly IReadOnlyDictionary<string, Func<Fan, Initializer>> ByName = new Dictionary<string, Func<Fan, Initializer>>
    {
        ["he-normal"] = fan => Initializer.KaimingNormal(fan.In, fan.Activation),
        ["he-uniform"] = fan => Initializer.Uniform("kaiming_uniform", Math.Sqrt(Initializer.GainOf(fan.Activation) / fan.In)),
        ["glorot-normal"] = fan => Initializer.Normal("xavier_normal", Math.Sqrt(2.0 / ((double)fan.In + fan.Out))),
        ["glorot-uniform"] = fan => Initializer.Uniform("xavier_uniform", Math.Sqrt(2.0 / ((double)fan.In + fan.Out))),
        ["lecun-normal"] = fan => Initializer.Normal("lecun_normal", Math.Sqrt(1.0 / fan.In)),
        ["lecun-uniform"] = fan => Initializer.Uniform("lecun_uniform", Math.Sqrt(1.0 / fan.In)),
        ["orthogonal"] = _ => Initializer.Orthogonal,
        [Constant] = fan => Initializer.Constant((float)fan.Value),
    };

    /// <summary>The declaration of the initializer of a layer's weights.</summary>
    internal static Option NameOption { get; } = Option.Of(
        "Initializer",
        ValueKinds.OptionalWord(() => Names!),
        (WeightedLayerOptions o) => o.Initializer,
        (o, v) => o with { Initializer = v },
        "how the weights are initialised; he-normal by default");

    /// <summary>The declaration of a constant's value.</summary>
    internal static Option ValueOption { get; } = Option.Of(
        "InitialValue",
        ValueKinds.OrNull(ValueKinds.Number(NumberRange.AtLeast(-1000).Below(1000))),
        (WeightedLayerOptions o) => o.InitialValue,
        (o, v) => o with { InitialValue = v },
        "initial value of every weight with the Initializer constant");

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. ByName.Keys];

    /// <summary>The initializer of a layer's weights.</summary>
    /// <param name="layer">The layer's type, for messages.</param>
    /// <param name="name">A name, or null for He normal.</param>
    /// <param name="value">The value for <see cref="Constant"/>; null for the others.</param>
    /// <param name="fan">Inputs and outputs of the layer, and the activation after it.</param>
    /// <exception cref="LayerMisfitException">No initializer has the name, or a value is missing or not allowed.</exception>
    internal static Initializer Of(string layer, string? name, double? value, Fan fan)
    {
        if (name == Constant != value is not null)
        {
            throw new LayerMisfitException(name == Constant
                ? $"{layer} needs an InitialValue with the Initializer constant but gets none."
                : string.Create(CultureInfo.InvariantCulture, $"{layer} takes an InitialValue only with the Initializer constant but gets {value}."));
        }

        return ByName.TryGetValue(name ?? "he-normal", out Func<Fan, Initializer>? create)
            ? create(fan with { Value = value ?? 0 })
            : throw new LayerMisfitException($"Initializer '{name}' is not known; {NearestName.Hint(name!, Names)}");
    }

    /// <summary>What initializers depend on.</summary>
    /// <param name="In">Inputs of a unit.</param>
    /// <param name="Out">Outputs that an input affects, as PyTorch counts them: units, or filters times the values of a kernel.</param>
    /// <param name="Activation">The activation after the layer: a name from <see cref="Layers.Activation"/>, or null.</param>
    internal readonly record struct Fan(int In, int Out, string? Activation)
    {
        /// <summary>The value of a constant.</summary>
        public double Value { get; init; }
    }
}
