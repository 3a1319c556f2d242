using System.Text.Json.Nodes;
using ConvNN.App.Output;

namespace ConvNN.App.Configuration;

/// <summary>
/// The JSON schema of configuration files, made from <see cref="Settings"/> and the layer registry, so that editors can
/// complete and check a file. It uses draft 7, which editors support best. Keys have the case in which the program writes
/// them; it reads them in any case.
/// </summary>
internal static class ConfigurationSchema
{
    /// <summary>The file in the root of the repository and next to the program.</summary>
    public const string FileName = "appsettings.schema.json";

    /// <summary>The schema as the text of a file, without a final newline.</summary>
    public static string Text() => ReadableJson.Of(Create());

    /// <summary>The schema.</summary>
    public static JsonObject Create()
    {
        JsonObject schema = new()
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "Configuration of convnn",
            ["allowComments"] = true,       // two VS Code extensions, which other readers ignore
            ["allowTrailingCommas"] = true,
        };
        foreach ((string key, JsonNode? value) in Settings.Root.Schema())
        {
            schema[key] = value?.DeepClone();
        }

        return schema;
    }
}
