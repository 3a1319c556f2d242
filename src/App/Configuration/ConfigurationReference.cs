using System.Text.Json;
using System.Text.Json.Nodes;

namespace ConvNN.App.Configuration;

/// <summary>
/// The configuration reference in Markdown: <c>docs/reference/configuration.md</c>, which a test compares with it.
/// It puts the <see cref="ConfigurationSchema"/> into words; only the command-line options come directly from the
/// declarations.
/// </summary>
internal static class ConfigurationReference
{
    // Larger limits only reflect how a number is stored.
    private const double Boundless = int.MaxValue;

    /// <summary>The page, without a final newline.</summary>
    public static string Text()
    {
        (string Key, JsonObject Value)[] keys = [.. Keys(ConfigurationSchema.Create(), "")];
        List<string> lines =
        [
            "# Configuration reference",
            "",
            "The program writes this page, and a test compares it: `dotnet run -- reference configuration > docs/reference/configuration.md`.",
            "[Configuration](../configuration.md) says how files, variables and options are combined.",
            "",
            "## Keys",
            "",
            "| key | value | default | option | meaning |",
            "|---|---|---|---|---|",
            .. keys.Select(key => $"| {Code(key.Key)} | {(Types(key.Value) is null ? Values(key.Value) : Link(key.Key, key.Value))} | {Default(key.Value)} | {Options(key.Key)} | {Description(key.Value)} |"),
        ];
        foreach ((string key, JsonObject value) in keys)
        {
            if (Types(value) is { } types)
            {
                lines.AddRange(Section(key, types));
            }
        }

        return string.Join('\n', lines);
    }

    private static IEnumerable<string> Section(string key, JsonObject[] types)
    {
        // Options that are identical in every type are listed once.
        string[] shared = types.Length == 1 ? [] : [.. Names(types[0]).Where(name => types.All(type => JsonNode.DeepEquals(Option(type, name), Option(types[0], name))))];
        return
        [
            "",
            $"## {key}",
            "",
            "| type | option | value | default | meaning |",
            "|---|---|---|---|---|",
            .. shared.Select(name => $"| all | {Row(types[0], name)}"),
            .. types.SelectMany(type => Names(type).Except(shared)
                .Select(name => $"| | {Row(type, name)}")
                .Prepend($"| {Code((string)type["title"]!)} | | | | {Description(type)} |")),
        ];
    }

    private static IEnumerable<string> Names(JsonObject type) => type["properties"]!.AsObject().Select(property => property.Key).Where(name => name != "Type");

    private static JsonObject? Option(JsonObject type, string name) => type["properties"]![name]?.AsObject();

    private static string Row(JsonObject type, string name)
    {
        JsonObject option = Option(type, name)!;
        bool isRequired = type["required"]?.AsArray().Any(required => (string?)required == name) is true;
        return $"{Code(name)} | {Values(option)} | {(isRequired ? "required" : Default(option))} | {Description(option)} |";
    }

    private static IEnumerable<(string Key, JsonObject Value)> Keys(JsonObject section, string prefix) => section["properties"]!.AsObject()
        .SelectMany(property => (Name: prefix + property.Key, Value: property.Value!.AsObject()) is var key && key.Value.ContainsKey("properties")
            ? Keys(key.Value, $"{key.Name}:")
            : [key]);

    /// <summary>The types that a section or a list allows; null for a value.</summary>
    private static JsonObject[]? Types(JsonObject value) =>
        (value["items"]?["allOf"] ?? (value["anyOf"] as JsonArray)?.Select(kind => kind!["allOf"]).FirstOrDefault(types => types is not null)) is JsonArray types
            ? [.. types.Select(type => type!["then"]!.AsObject())]
            : null;

    private static string Link(string key, JsonObject value) =>
        $"{(value.ContainsKey("items") ? "a list" : "one")} of [these types](#{key.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant()})";

    private static string Options(string key) => string.Join(", ", (Settings.Find(key)?.Options ?? []).Select(Code));

    private static string Description(JsonObject value) => Escaped((string?)value["description"] ?? "");

    private static string Default(JsonObject value) => value["default"] switch
    {
        null => "",
        JsonObject section => Code((string)section["Type"]!),
        { } given => Code(Word(given)),
    };

    /// <summary>The allowed values, in words.</summary>
    private static string Values(JsonObject value)
    {
        if (value["anyOf"] is JsonArray kinds)
        {
            // The pattern beside a list of words takes them in any case.
            JsonObject[] shown = [.. kinds.Select(kind => kind!.AsObject())];
            return string.Join(" or ", shown.Where(kind => !kind.ContainsKey("pattern") || !shown.Any(other => other.ContainsKey("enum"))).Select(Values));
        }

        if (value["enum"] is JsonArray words)
        {
            return string.Join(", ", words.Select(word => Code(Word(word!))));
        }

        return string.Join(" or ", (value["type"] is JsonArray types ? types.Select(type => (string)type!) : [(string)value["type"]!]).Select(type => type switch
        {
            "integer" => $"whole number{Range(value)}",
            "number" => $"number{Range(value)}",
            "boolean" => "`true`, `false`",
            "array" => (string?)value["description"] ?? "list",
            "object" => $"a section of names, each with {Values(value["additionalProperties"]!.AsObject())}",
            "string" => value["pattern"] is { } pattern ? $"text like {Code(Word(pattern))}" : "text",
            _ => Code(type),
        }));
    }

    private static string Range(JsonObject value)
    {
        string[] limits =
        [
            .. Limit("minimum", "≥"),
            .. Limit("exclusiveMinimum", ">"),
            .. Limit("maximum", "≤"),
            .. Limit("exclusiveMaximum", "<"),
        ];
        return limits.Length == 0 ? "" : $" {string.Join(", ", limits)}";

        IEnumerable<string> Limit(string word, string sign) =>
            value[word] is { } node && double.Parse(node.ToJsonString()) is var limit && Math.Abs(limit) < Boundless
                ? [$"{Escaped(sign)} {limit.ToString(Math.Abs(limit) < 10_000 ? "R" : "N0")}"]
                : [];
    }

    private static string Word(JsonNode value) => value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();

    private static string Code(string text) => $"`{text}`";

    private static string Escaped(string text) => text
        .Replace("|", "\\|", StringComparison.Ordinal)
        .Replace("<", "\\<", StringComparison.Ordinal)
        .Replace("*", "\\*", StringComparison.Ordinal);
}
