using System.Text.Json.Nodes;
using ConvNN.Formats;

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

        Put(root, LayerSection.Path, NetworkJson.Write(run.Layers));
        return root;
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
