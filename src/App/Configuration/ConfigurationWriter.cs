using System.Text.Json.Nodes;
using ConvNN.Model;
using ConvNN.Model.Layers;

namespace ConvNN.App.Configuration;

/// <summary>Writes a configuration with every value that a run uses, in the form in which <c>--config</c> takes it back.</summary>
internal static class ConfigurationWriter
{
    /// <summary>The configuration as JSON: sections of keys, and the layers with all their options.</summary>
    /// <param name="run">The configuration.</param>
    public static JsonObject Write(RunConfiguration run)
    {
        JsonObject root = [];
        foreach (Setting setting in Settings.All)
        {
            Put(root, setting.Key, setting.Read(run));
        }

        Put(root, LayerSection.Path, new JsonArray([.. run.Layers.Select(Write)]));
        return root;
    }

    /// <summary>A value of an option of a layer as JSON: a size is a number, or two of them as [height, width].</summary>
    /// <param name="value">An <see cref="int"/>, a <see cref="double"/>, a <see cref="bool"/>, a word, a <see cref="Size2d"/> or null.</param>
    public static JsonNode? Write(object? value) => value switch
    {
        null => null,
        Size2d size => size.Height == size.Width ? size.Height : new JsonArray(size.Height, size.Width),
        int whole => whole,
        double number => number,
        bool flag => flag,
        _ => (string)value,
    };

    private static JsonNode Write(LayerOptions layer)
    {
        JsonObject json = new() { ["Type"] = layer.Type };
        if (layer.Name is { } name)
        {
            json["Name"] = name;
        }

        foreach ((string key, object? value) in layer.Values)
        {
            json[key] = Write(value);
        }

        return json;
    }

    private static void Put(JsonObject root, string key, JsonNode? value)
    {
        string[] segments = key.Split(':');
        JsonObject section = root;
        foreach (string name in segments[..^1])
        {
            section[name] ??= new JsonObject();
            section = section[name]!.AsObject();
        }

        section[segments[^1]] = value;
    }
}
