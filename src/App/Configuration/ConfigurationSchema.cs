using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ConvNN.App.Configuration;

/// <summary>
/// The JSON schema of configuration files, made from <see cref="Settings"/> and the registry of layers: with it editors
/// complete and check what is typed. Draft 7, since that is what editors know best. Keys and words are as the program
/// writes them; it also reads them in other cases.
/// </summary>
internal static class ConfigurationSchema
{
    /// <summary>The file in the root of the repository; beside the program, too.</summary>
    public const string FileName = "appsettings.schema.json";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The schema as the text of a file, without a line's end behind it.</summary>
    public static string Text() => Create().ToJsonString(Indented);

    /// <summary>The schema.</summary>
    public static JsonObject Create()
    {
        JsonObject schema = new()
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "Configuration of convnn",
            ["allowComments"] = true,       // two words of VS Code's, which other readers pass over
            ["allowTrailingCommas"] = true,
        };
        foreach ((string key, JsonNode? value) in Settings.Root.Schema())
        {
            schema[key] = value?.DeepClone();
        }

        return schema;
    }
}
