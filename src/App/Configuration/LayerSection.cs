using System.Globalization;
using ConvNN.Model.Layers;
using ConvNN.Model.Options;

namespace ConvNN.App.Configuration;

/// <summary>Section <c>Model:Layers</c>: hands its entries to the registry of layers.</summary>
internal static class LayerSection
{
    /// <summary>Where the layers stand.</summary>
    public const string Path = "Model:Layers";

    /// <summary>Reads the layers.</summary>
    /// <param name="values">The configuration.</param>
    /// <param name="failures">Receives what is wrong.</param>
    public static IReadOnlyList<LayerOptions> Read(IReadOnlyDictionary<string, SettingValue> values, List<Failure> failures)
    {
        if (values.TryGetValue(Path, out SettingValue? whole) && whole.Text is not (null or JsonSettings.EmptyArray))
        {
            failures.Add(Failure.At(Path, $"is {ShownValue.Of(whole.Text)}; it must be a list of layers."));
            return [];
        }

        SortedDictionary<int, Dictionary<string, string>> layers = [];
        Dictionary<(int Layer, string Option), SortedDictionary<int, string>> lists = [];
        foreach ((string key, SettingValue value) in values.Where(pair => pair.Key.StartsWith(Path + ":", StringComparison.OrdinalIgnoreCase)))
        {
            if (Add(key[(Path.Length + 1)..].Split(':'), value.Text, layers, lists) is { } complaint)
            {
                failures.Add(complaint);
            }
        }

        foreach (((int layer, string option), SortedDictionary<int, string> elements) in lists)
        {
            layers[layer][option] = string.Join(',', elements.Values);
        }

        try
        {
            return LayerRegistry.Read(layers.Select(layer => new LayerDefinition(string.Create(CultureInfo.InvariantCulture, $"{Path}:{layer.Key}"), layer.Value)));
        }
        catch (ConfigurationException wrong)
        {
            failures.AddRange(wrong.Failures);
            return [];
        }
    }

    /// <summary>Adds what a key says, whose segments behind <see cref="Path"/> are a layer, its option and an element of a list.</summary>
    /// <returns>What is wrong with the key, or null.</returns>
    private static Failure? Add(
        string[] segments,
        string? text,
        SortedDictionary<int, Dictionary<string, string>> layers,
        Dictionary<(int Layer, string Option), SortedDictionary<int, string>> lists)
    {
        string path = $"{Path}:{segments[0]}";
        if (!TryParseIndex(segments[0], out int layer))
        {
            return Failure.At(path, $"is not known; in a file layers are a list, the first is {Path}:0.");
        }

        if (segments.Length == 1)
        {
            return Failure.At(path, $"is {ShownValue.Of(text)}; it must be a layer, such as {{ \"Type\": \"flatten\" }}.");
        }

        if (!layers.TryGetValue(layer, out Dictionary<string, string>? options))
        {
            layers[layer] = options = new(StringComparer.OrdinalIgnoreCase);
        }

        switch (segments)
        {
            case [_, string option]:
                if (text is not null)
                {
                    options[option] = text;
                }

                return null;
            case [_, string option, string element] when text is not null && TryParseIndex(element, out int index):
                (int, string) list = (layer, option);
                lists.TryAdd(list, []);
                lists[list][index] = text;
                return null;
            default:
                return Failure.At($"{path}:{segments[1]}", "holds a section; it must be a value or a list of values.");
        }
    }

    private static bool TryParseIndex(string text, out int index) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out index);
}
