using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConvNN.Model.Layers;

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
        JsonObject root = Section();
        PropertiesOf(root)[KnownKeys.Schema] = new JsonObject { ["type"] = "string", ["description"] = "where editors find this schema" };
        foreach (Setting setting in Settings.All)
        {
            Put(root, setting.Key, setting.Schema());
        }

        Put(root, KnownKeys.LogLevels, LogLevels.Schema());
        Put(root, LayerSection.Path, Layers());
        JsonObject schema = new()
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "Configuration of convnn",
            ["allowComments"] = true,       // two words of VS Code's, which other readers pass over
            ["allowTrailingCommas"] = true,
        };
        foreach ((string key, JsonNode? value) in root.ToArray())
        {
            root.Remove(key);
            schema[key] = value;
        }

        return schema;
    }

    private static JsonObject Layers() => new()
    {
        ["description"] = "the network, from the images on; a file's layers replace the built-in ones as a whole",
        ["type"] = "array",
        ["minItems"] = 1,
        ["items"] = new JsonObject { ["oneOf"] = new JsonArray([.. LayerRegistry.Types.Types.Select(type => type.Schema(isTypeRequired: true))]) },
    };

    private static JsonObject Section() => new() { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = new JsonObject() };

    private static JsonObject PropertiesOf(JsonObject section) => section["properties"]!.AsObject();

    private static void Put(JsonObject root, string key, JsonObject schema)
    {
        string[] segments = key.Split(':');
        JsonObject section = root;
        foreach (string name in segments[..^1])
        {
            JsonObject properties = PropertiesOf(section);
            properties[name] ??= Section();
            section = properties[name]!.AsObject();
        }

        PropertiesOf(section)[segments[^1]] = schema;
    }
}
