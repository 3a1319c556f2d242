using System.Text.Json.Nodes;
using ConvNN.Model.Options;
using Microsoft.Extensions.Logging;

namespace ConvNN.App.Configuration;

/// <summary>
/// <c>Logging:LogLevel</c>: how important something must be to be shown, by the category of who says it, as .NET's
/// logging has it. What a run says itself has the category <c>ConvNN</c>.
/// </summary>
internal static class LogLevels
{
    /// <summary>The category of what a run says itself.</summary>
    public const string Program = "ConvNN";

    /// <summary>The name that stands for all categories without a level of their own.</summary>
    public const string Default = "Default";

    private static readonly Dictionary<string, LogLevel> Words = Enum.GetValues<LogLevel>().ToDictionary(level => level.ToString(), StringComparer.OrdinalIgnoreCase);

    private static readonly KeyValuePair<string, LogLevel>[] BuiltIn = [new(Default, LogLevel.Information), new("Microsoft", LogLevel.Warning)];

    /// <summary>The JSON schema of the section.</summary>
    public static JsonObject Schema() => new()
    {
        ["description"] = "how important something must be to be shown, by the category of who says it: ConvNN, Microsoft, Default",
        ["type"] = "object",
        ["additionalProperties"] = new JsonObject { ["enum"] = new JsonArray([.. Words.Keys.Select(word => JsonValue.Create(word))]) },
    };

    /// <summary>What is wrong with a key below the section, or null.</summary>
    public static Failure? Complaint(string key, string? value) => value is null || Words.ContainsKey(value)
        ? null
        : Failure.At(key, $"is {ShownValue.Of(value)}; it must be one of {string.Join(", ", Words.Keys)}.");

    /// <summary>The levels by category. One that is none is left out: whoever reads the whole configuration complains of it.</summary>
    /// <param name="sources">Where the configuration comes from.</param>
    public static IReadOnlyDictionary<string, LogLevel> Read(ConfigurationSources sources)
    {
        Dictionary<string, LogLevel> levels = new(BuiltIn, StringComparer.OrdinalIgnoreCase);
        foreach ((string key, SettingValue value) in new MergedSettings(sources).Values)
        {
            if (key.StartsWith(KnownKeys.LogLevels + ":", StringComparison.OrdinalIgnoreCase) && value.Text is { } word && Words.TryGetValue(word, out LogLevel level))
            {
                levels[key[(KnownKeys.LogLevels.Length + 1)..]] = level;
            }
        }

        return levels;
    }
}
