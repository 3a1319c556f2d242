using System.Text.Json.Nodes;
using ConvNN.App.Configuration;
using ConvNN.Model.Layers;
using ConvNN.Model.Options;

namespace ConvNN.App.Commands.Options;

/// <summary>What a shell offers for <c>KEY=VALUE</c>: the keys, those of layers and types as a configuration has them, and the words of a value.</summary>
internal static class SettingCompletions
{
    private const string TypeKey = TypeDefinition.TypeKey;

    /// <summary>A layer, or a section with a type: its key, the types that it may have, and the one it has, if that is known.</summary>
    private sealed record Typed(string Key, IReadOnlyList<TypeDefinition> Types, TypeDefinition? Type);

    /// <summary>What may stand in the place of what is typed.</summary>
    /// <param name="typed">What is typed so far.</param>
    /// <param name="settings">The configuration in force.</param>
    public static IEnumerable<string> Of(string typed, MergedSettings settings)
    {
        Typed[] sections = [.. Sections(settings)];
        return typed.IndexOf('=', StringComparison.Ordinal) is >= 0 and int end
            ? Values(typed[..end], sections).Select(value => $"{typed[..end]}={value}")
            : Keys(typed, sections);
    }

    private static IEnumerable<Typed> Sections(MergedSettings settings)
    {
        IEnumerable<(string Key, IReadOnlyList<TypeDefinition> Types, string? Type)> sections =
        [
            .. from setting in Settings.Sections
               let types = setting.Option.Types!.All()
               select (setting.Key, types, settings.Root.Find($"{setting.Key}:{TypeKey}")?.Text ?? types[0].Name),
            .. from layer in settings.Layers
               where layer.Name is not null
               select ($"{LayerSection.Path}:{layer.Name}", (IReadOnlyList<TypeDefinition>)LayerRegistry.Types.Types, layer.Type),
        ];
        return sections.Select(section => new Typed(
            section.Key, section.Types, section.Types.FirstOrDefault(type => type.Name.Equals(section.Type, StringComparison.OrdinalIgnoreCase))));
    }

    // A section's keys are offered once it is named, since all of them together would be too many to look at.
    private static IEnumerable<string> Keys(string typed, IEnumerable<Typed> sections) => Settings.All
        .Select(setting => $"{setting.Key}=")
        .Concat(sections.SelectMany(section => typed.StartsWith($"{section.Key}:", StringComparison.OrdinalIgnoreCase)
            ? (section.Type?.Options ?? []).Select(option => option.Name).Prepend(TypeKey).Select(name => $"{section.Key}:{name}=")
            : [$"{section.Key}:"]));

    private static IEnumerable<string> Values(string key, IEnumerable<Typed> sections)
    {
        if (Settings.Find(key) is { } setting)
        {
            return Words(setting.Schema());
        }

        return from section in sections
               from value in IsKey(section, TypeKey) ? section.Types.Select(type => type.Name)
                   : section.Type?.Options.FirstOrDefault(option => IsKey(section, option.Name)) is { } option ? Words(option.Schema(section.Type.CreateDefault()))
                   : []
               select value;

        bool IsKey(Typed section, string name) => key.Equals($"{section.Key}:{name}", StringComparison.OrdinalIgnoreCase);
    }

    private static IEnumerable<string> Words(JsonObject schema) =>
        schema["anyOf"] is JsonArray kinds ? kinds.SelectMany(kind => Words(kind!.AsObject()))
        : schema["enum"] is JsonArray words ? words.Select(word => (string)word!)
        : schema["type"]?.ToJsonString().Contains("boolean", StringComparison.Ordinal) is true ? ["true", "false"]
        : [];
}
