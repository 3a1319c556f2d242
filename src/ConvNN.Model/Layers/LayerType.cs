using ConvNN.Model.Options;

namespace ConvNN.Model.Layers;

/// <summary>The registration of a layer: its name in the configuration, its options, and how they become a layer.</summary>
/// <param name="Name">The value of <c>Type</c>.</param>
/// <param name="Description">What the layer does, in a sentence.</param>
/// <param name="Options">Its options, <c>Type</c> and <c>Name</c> apart.</param>
/// <param name="Create">Makes the layer's options of the checked values.</param>
public sealed record LayerType(string Name, string Description, IReadOnlyList<OptionSpec> Options, Func<OptionValues, LayerOptions> Create)
{
    /// <summary>The layer's options where nothing is said.</summary>
    public LayerOptions CreateDefault() => Create(OptionValues.Read("", new Dictionary<string, string>(), Options, []));
}
