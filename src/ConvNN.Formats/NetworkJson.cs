using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConvNN.Files;
using ConvNN.Model;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Model.Options;

namespace ConvNN.Formats;

/// <summary>
/// A network's definition as JSON: <c>{"Input": [1, 28, 28], "Layers": [{"Type": "conv2d", …}, …]}</c>, with layers as in a
/// configuration and all their options.
/// </summary>
public static class NetworkJson
{
    private const string InputKey = "Input";
    private const string LayersKey = "Layers";
    private const int MaxDepth = 64;

    /// <summary>Writes the definition of a network: what it computes, not which of its layers were frozen while it was trained.</summary>
    public static JsonObject Write(Network network) => new()
    {
        [InputKey] = new JsonArray([.. network.Input.Dimensions.Select(dimension => (JsonNode)dimension)]),
        [LayersKey] = Write(network.Blocks.Select(block => block.Options with { Frozen = false })),
    };

    /// <summary>Writes layers as in <c>Model:Layers</c> of a configuration.</summary>
    public static JsonArray Write(IEnumerable<LayerOptions> layers) => new([.. layers.Select(layer => (JsonNode)layer.ToJson())]);

    /// <summary>Builds a network from its definition.</summary>
    /// <param name="json">The definition.</param>
    /// <exception cref="JsonException">It is not JSON, or not of this form.</exception>
    /// <exception cref="ConfigurationException">A layer or option is unknown, or an option has an invalid value.</exception>
    /// <exception cref="NetworkException">The layers do not fit together.</exception>
    public static Network Read(string json)
    {
        using JsonDocument document = StrictJson.Parse(Encoding.UTF8.GetBytes(json), MaxDepth);
        if (document.RootElement is not { ValueKind: JsonValueKind.Object } root
            || !root.TryGetProperty(InputKey, out JsonElement input) || ShapeOf(input) is not { } shape
            || !root.TryGetProperty(LayersKey, out JsonElement layers) || layers.ValueKind != JsonValueKind.Array)
        {
            throw new JsonException($"a network is an object with {InputKey}, a list of one or three dimensions, and {LayersKey}, a list");
        }

        return Network.Build(shape, LayerRegistry.Read(layers.EnumerateArray().Select((layer, index) => Definition(layer, $"{LayersKey}:{index}"))));
    }

    private static Shape? ShapeOf(JsonElement element)
    {
        int[]? dimensions = element.ValueKind == JsonValueKind.Array
            ? [.. element.EnumerateArray().Select(d => d.ValueKind == JsonValueKind.Number && d.TryGetInt32(out int number) ? number : 0)]
            : null;
        try
        {
            return dimensions switch
            {
                [int count] => Shape.Vector(count),
                [int channels, int height, int width] => Shape.Image(channels, height, width),
                _ => null,
            };
        }
        catch (ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private static LayerDefinition Definition(JsonElement layer, string path)
    {
        if (layer.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException($"{path} is not a layer, such as {{ \"Type\": \"flatten\" }}");
        }

        return new LayerDefinition(path, layer.EnumerateObject()
            .Where(option => option.Value.ValueKind != JsonValueKind.Null)
            .ToDictionary(option => option.Name, option => Text(option.Value), StringComparer.Ordinal));
    }

    /// <summary>A value as configuration text; list elements are joined by commas.</summary>
    private static string Text(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? string.Join(',', value.EnumerateArray().Select(Text)) : value.ToString();
}
