using ConvNN.Model.Options;

namespace ConvNN.Model.Layers;

/// <summary>
/// The layers that a configuration can name. A new one is a file, a line here (in <see cref="Activation.Types"/> for an activation),
/// and the cases that <c>README.md</c> beside this file names.
/// </summary>
public static class LayerRegistry
{
    /// <summary>All layers, in the order in which help and schema list them; a program adds its own with <c>Add</c>.</summary>
    public static TypeRegistry<LayerOptions> Types { get; } = new(
        "Model:Layers",
        "layer",
        [
            Conv2d.Type,
            MaxPool2d.Type,
            AveragePool2d.Type,
            GlobalAveragePool.Type,
            BatchNorm2d.Type,
            Dense.Type,
            Flatten.Type,
            Residual.Type,
            Dropout.Type,
            Dropout2d.Type,
            .. Activation.Types,
        ]);

    /// <summary>Reads the layers of a configuration.</summary>
    /// <param name="definitions">The entries of <c>Model:Layers</c>, in order.</param>
    /// <exception cref="ConfigurationException">
    /// A type or option is unknown, or an option is out of range; reports all failures at once.
    /// </exception>
    public static IReadOnlyList<LayerOptions> Read(IEnumerable<LayerDefinition> definitions)
    {
        List<Failure> failures = [];
        LayerOptions?[] layers = [.. definitions.Select(definition => Types.Read(definition.Path, definition.Values, failures, isTypeRequired: true))];
        return failures.Count == 0 ? [.. layers.OfType<LayerOptions>()] : throw new ConfigurationException(failures);
    }
}
