using ConvNN.Model.Options;

namespace ConvNN.Model.Layers;

/// <summary>The layers that a configuration can name. A new layer is one line here, an activation one in <see cref="Activation.Types"/>.</summary>
public static class LayerRegistry
{
    private const string TypeKey = "Type";
    private const string NameKey = "Name";

    /// <summary>All layers, in the order in which help and schema list them.</summary>
    public static IReadOnlyList<LayerType> Types { get; } =
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
    ];

    /// <summary>Reads the layers of a configuration.</summary>
    /// <param name="definitions">The entries of <c>Model:Layers</c>, in order.</param>
    /// <exception cref="ConfigurationException">A type or an option is not known or out of range; all failures at once.</exception>
    public static IReadOnlyList<LayerOptions> Read(IEnumerable<LayerDefinition> definitions)
    {
        List<LayerOptions> layers = [];
        List<string> failures = [];
        foreach (LayerDefinition definition in definitions)
        {
            if (Read(definition, failures) is { } layer)
            {
                layers.Add(layer);
            }
        }

        return failures.Count == 0 ? layers : throw new ConfigurationException(failures);
    }

    private static LayerOptions? Read(LayerDefinition definition, List<string> failures)
    {
        Dictionary<string, string> values = new(definition.Values, StringComparer.OrdinalIgnoreCase);
        IEnumerable<string> known = Types.Select(t => t.Name);
        if (!values.Remove(TypeKey, out string? name))
        {
            failures.Add($"{definition.Path}:{TypeKey} is missing; it names the layer: {string.Join(", ", known)}.");
            return null;
        }

        LayerType? type = Types.FirstOrDefault(t => string.Equals(t.Name, name, StringComparison.OrdinalIgnoreCase));
        if (type is null)
        {
            failures.Add($"{definition.Path}:{TypeKey} is {ShownValue.Of(name)}, which is no layer; {NearestName.Hint(name, known)}");
            return null;
        }

        values.Remove(NameKey, out string? layerName);
        int before = failures.Count;
        OptionValues options = OptionValues.Read(definition.Path, values, type.Options, failures, TypeKey, NameKey);
        return failures.Count == before ? type.Create(options) with { Name = layerName } : null;
    }
}
