using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConvNN.App.Output;

namespace ConvNN.App.Configuration;

/// <summary>
/// A configuration as a file to change: every key with its value, and above it what it means, in the words of the
/// <see cref="ConfigurationSchema"/>.
/// </summary>
internal static class CommentedConfiguration
{
    private const int Indent = 2;
    private const int Width = 110;
    private const string Mark = "// ";

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The text of the file, with a final newline. It is read back as the same configuration.</summary>
    /// <param name="run">The configuration.</param>
    public static string Text(RunConfiguration run)
    {
        List<string> lines =
        [
            "{",
            $"  \"{SchemaKey.Path}\": \"./{ConfigurationSchema.FileName}\",",
            .. Comment(Settings.Root, "  "),
            .. Section(Settings.Root, run, Indent),
            "}",
        ];
        return string.Join('\n', lines) + "\n";
    }

    private static IEnumerable<string> Section(ConfigurationSection section, RunConfiguration run, int indent)
    {
        string margin = new(' ', indent);
        KeyValuePair<string, ConfigurationEntry>[] entries = [.. section.Entries.Where(entry => entry.Value.IsWritten(run))];
        foreach ((int place, (string name, ConfigurationEntry entry)) in entries.Index())
        {
            string end = place < entries.Length - 1 ? "," : "";
            foreach (string line in Comment(entry, margin))
            {
                yield return line;
            }

            string key = $"{margin}{Json(name)}:";
            switch (entry)
            {
                case ConfigurationSection inner:
                    yield return $"{key} {{";
                    foreach (string line in Section(inner, run, indent + Indent))
                    {
                        yield return line;
                    }

                    yield return $"{margin}}}{end}";
                    break;
                case LayerSection layers when layers.Write(run) is JsonArray list:
                    yield return $"{key} [";
                    foreach ((int number, JsonNode? layer) in list.Index())
                    {
                        yield return $"{margin}{new string(' ', Indent)}{Value(Given(layer!.AsObject()))}{(number < list.Count - 1 ? "," : "")}";
                    }

                    yield return $"{margin}]{end}";
                    break;
                default:
                    yield return $"{key} {Value(entry.Write(run))}{end}";
                    break;
            }
        }
    }

    /// <summary>What an entry means, in lines that fit an editor.</summary>
    private static IEnumerable<string> Comment(ConfigurationEntry entry, string margin) =>
        Fold.Lines("", $"{entry.Schema()["description"]}", Width - margin.Length + Fold.Indent - Mark.Length)
            .Select(line => $"{margin}{Mark}{line.Trim()}");

    /// <summary>The options of a layer, without those that are <c>null</c>, which says that they have their defaults.</summary>
    private static JsonObject Given(JsonObject layer) =>
        new(layer.Where(option => option.Value is not null).Select(option => KeyValuePair.Create(option.Key, option.Value?.DeepClone())));

    /// <summary>A value in one line, with a space inside of the braces and after each comma.</summary>
    private static string Value(JsonNode? value) => value switch
    {
        JsonObject section => $"{{ {string.Join(", ", section.Select(pair => $"{Json(pair.Key)}: {Value(pair.Value)}"))} }}",
        JsonArray list => $"[{string.Join(", ", list.Select(Value))}]",
        null => "null",
        _ => value.ToJsonString(Plain),
    };

    private static string Json(string text) => JsonValue.Create(text).ToJsonString(Plain);
}
