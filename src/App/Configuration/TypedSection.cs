using System.Text.Json.Nodes;
using ConvNN.Formats;
using ConvNN.Model.Options;

namespace ConvNN.App.Configuration;

/// <summary>Sections that choose a type and give its options: <c>{ "Type": "adam", "Beta1": 0.7 }</c>, or <c>"adam"</c> alone.</summary>
internal static class TypedSection
{
    private const string TypeKey = "Type";

    /// <summary>The keys and values of a section; what is null is left out.</summary>
    /// <param name="values">The configuration.</param>
    /// <param name="path">Where the section stands.</param>
    public static IReadOnlyDictionary<string, string> Values(IReadOnlyDictionary<string, SettingValue> values, string path) =>
        values
            .Where(pair => pair.Value.Text is not null && pair.Key.StartsWith(path + ":", StringComparison.OrdinalIgnoreCase))
            .ToDictionary(pair => pair.Key[(path.Length + 1)..], pair => pair.Value.Text!, StringComparer.OrdinalIgnoreCase);

    /// <summary>Where a value goes: one that stands in place of a section is its type.</summary>
    /// <param name="key">The key.</param>
    /// <param name="text">The value.</param>
    public static string PlaceOf(string key, string? text) =>
        text is not (null or JsonSettings.EmptyObject) && Settings.Find(key) is { Section: not null } section ? $"{section.Key}:{TypeKey}" : key;

    /// <summary>A choice as JSON that can be read again, with all options.</summary>
    /// <param name="options">What was chosen.</param>
    public static JsonObject Write(TypedOptions options)
    {
        JsonObject json = new() { [TypeKey] = options.Type };
        foreach ((string key, object? value) in options.Values)
        {
            json[key] = NetworkJson.Write(value);
        }

        return json;
    }

    /// <summary>The JSON schema of a section. Without a type the first is meant.</summary>
    /// <param name="types">What may be chosen.</param>
    public static JsonObject Schema(IReadOnlyList<TypeDefinition> types) => new()
    {
        ["oneOf"] = new JsonArray(
            [
                new JsonObject { ["enum"] = new JsonArray([.. types.Select(type => JsonValue.Create(type.Name))]) },
                .. types.Select(type => Schema(type, isRequired: type != types[0])),
            ]),
    };

    private static JsonObject Schema(TypeDefinition type, bool isRequired)
    {
        JsonObject properties = new() { [TypeKey] = new JsonObject { ["description"] = type.Description, ["const"] = type.Name } };
        foreach (OptionSpec option in type.Options)
        {
            properties[option.Name] = OptionSchema.Of(option);
        }

        JsonObject schema = new()
        {
            ["title"] = type.Name,
            ["description"] = type.Description,
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = properties,
        };
        if (isRequired)
        {
            schema["required"] = new JsonArray(TypeKey);
        }

        return schema;
    }
}
