using System.Globalization;

namespace ConvNN.Model.Layers;

/// <summary>Names layers: by the name that they were given, or else by their kind and a number.</summary>
public static class LayerNames
{
    /// <summary>The names of a network's layers.</summary>
    /// <param name="layers">The layers, in order.</param>
    public static IReadOnlyList<string> Of(IEnumerable<LayerOptions> layers) =>
        Complete([.. layers.Select(layer => (layer.Name, layer.NamePrefix))]);

    /// <summary>The names of layers of which only type and name are known so far; null for an unnamed layer of unknown type.</summary>
    /// <param name="layers">Types, as written in the configuration, and names.</param>
    public static IReadOnlyList<string?> Of(IEnumerable<(string? Type, string? Name)> layers)
    {
        (string? Name, string Prefix)[] known = [.. layers.Select(layer => (layer.Name, PrefixOf(layer.Type)))];
        return [.. Complete(known).Zip(known, (name, layer) => layer is (null, "") ? null : name)];
    }

    private static string[] Complete((string? Name, string Prefix)[] layers)
    {
        HashSet<string> taken = new(layers.Select(layer => layer.Name).OfType<string>(), StringComparer.OrdinalIgnoreCase);
        Dictionary<string, int> numbers = [];
        return [.. layers.Select(layer => layer.Name ?? Numbered(layer.Prefix, taken, numbers))];
    }

    // The next number whose name is free; numbers holds the last number of each prefix.
    private static string Numbered(string prefix, HashSet<string> taken, Dictionary<string, int> numbers)
    {
        for (int number = numbers.GetValueOrDefault(prefix) + 1; ; number++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"{prefix}{number}");
            if (taken.Add(name))
            {
                numbers[prefix] = number;
                return name;
            }
        }
    }

    // The prefix does not depend on the options, so defaults will do even if a required one is missing.
    private static string PrefixOf(string? type) => type is not null && LayerRegistry.Types.Definition(type) is { } known ? known.CreateDefault().NamePrefix : "";
}
