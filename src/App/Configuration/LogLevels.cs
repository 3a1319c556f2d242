using System.Text.Json.Nodes;
using ConvNN.Model.Options;
using Microsoft.Extensions.Logging;

namespace ConvNN.App.Configuration;

/// <summary>
/// <c>Logging:LogLevel</c>: the minimum level of the events that are shown, by category, as in .NET's logging. A run's own
/// events have the category <c>ConvNN</c>.
/// </summary>
internal sealed record LogLevels() : ConfigurationEntry(Path)
{
    /// <summary>The key.</summary>
    public const string Path = "Logging:LogLevel";

    /// <summary>The category of a run's own events.</summary>
    public const string Program = "ConvNN";

    /// <summary>The name for all categories without their own level.</summary>
    public const string Default = "Default";

    private static readonly Dictionary<string, LogLevel> Words = Enum.GetValues<LogLevel>().ToDictionary(level => level.ToString(), StringComparer.OrdinalIgnoreCase);

    private static readonly KeyValuePair<string, LogLevel>[] BuiltIn = [new(Default, LogLevel.Information), new("Microsoft", LogLevel.Warning)];

    /// <inheritdoc/>
    public override bool IsWritten(RunConfiguration run) => false;

    /// <summary>The levels by category; invalid levels are left out, since <see cref="Read"/> rejects them.</summary>
    /// <param name="root">The configuration.</param>
    public static IReadOnlyDictionary<string, LogLevel> Of(ConfigurationNode root)
    {
        Dictionary<string, LogLevel> levels = new(BuiltIn, StringComparer.OrdinalIgnoreCase);
        foreach ((string category, ConfigurationNode node) in root.Find(Path)?.Values() ?? [])
        {
            if (node.Text is { } word && Words.TryGetValue(word, out LogLevel level))
            {
                levels[category] = level;
            }
        }

        return levels;
    }

    /// <inheritdoc/>
    public override RunConfiguration Read(RunConfiguration run, ConfigurationNode given, ICollection<Failure> failures)
    {
        foreach ((string key, ConfigurationNode node) in given.Values(Path))
        {
            if (key == Path && node.Text is not (null or JsonSettings.EmptyObject))
            {
                failures.Add(Failure.At(Path, $"is {ShownValue.Of(node.Text)}; it must be a section with a level for each category, such as {{ \"{Default}\": \"Warning\" }}."));
            }
            else if (key != Path && node.Text is { } word && !Words.ContainsKey(word))
            {
                failures.Add(Failure.At(key, $"is {ShownValue.Of(word)}; it must be one of {string.Join(", ", Words.Keys)}."));
            }
        }

        return run;
    }

    /// <inheritdoc/>
    public override JsonObject Schema() => new()
    {
        ["description"] = "the lowest level of events to show, by category: ConvNN, Microsoft, Default",
        ["type"] = "object",
        ["additionalProperties"] = ValueKinds.Word(Words).Schema(),
    };

    /// <inheritdoc/>
    public override JsonNode? Write(RunConfiguration run) => null;
}
