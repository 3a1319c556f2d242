using ConvNN.Model.Options;

namespace ConvNN.App.Configuration;

/// <summary>Sections that choose a type and give its options: <c>{ "Type": "adam", "Beta1": 0.7 }</c>, or <c>"adam"</c> alone.</summary>
internal static class TypedSection
{
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
        text is not (null or JsonSettings.EmptyObject) && Settings.Find(key) is { IsSection: true } section ? $"{section.Key}:{TypeDefinition.TypeKey}" : key;
}
