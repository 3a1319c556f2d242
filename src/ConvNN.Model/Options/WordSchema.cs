using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ConvNN.Model.Options;

/// <summary>The JSON schema of words, which a configuration takes in any case: editors offer them in ours and accept any.</summary>
internal static class WordSchema
{
    /// <summary>One of several words.</summary>
    /// <param name="words">The words.</param>
    /// <param name="descriptions">What each means, for editors; empty for none.</param>
    public static JsonObject OneOf(IReadOnlyCollection<string> words, params IReadOnlyCollection<string> descriptions)
    {
        JsonObject offered = new() { ["enum"] = Array(words) };
        if (descriptions.Count > 0)
        {
            offered["enumDescriptions"] = Array(descriptions);      // an extension of VS Code, which other readers ignore
        }

        return new JsonObject { ["anyOf"] = new JsonArray(offered, AnyCase(words)) };
    }

    /// <summary>A text that is one of several words in any case.</summary>
    /// <param name="words">The words.</param>
    public static JsonObject AnyCase(params IEnumerable<string> words) => new()
    {
        ["type"] = "string",
        ["pattern"] = $@"^\s*(?:{string.Join('|', words.Select(word => string.Concat(word.Select(Folded))))})\s*$",
    };

    // The patterns of a JSON schema have no flags.
    private static string Folded(char c) => char.IsLetter(c) ? $"[{char.ToUpperInvariant(c)}{char.ToLowerInvariant(c)}]" : Regex.Escape($"{c}");

    private static JsonArray Array(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)JsonValue.Create(text))];
}
