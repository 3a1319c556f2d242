using System.Globalization;
using ConvNN.Model.Layers;
using ConvNN.Model.Options;

namespace ConvNN.App.Configuration;

/// <summary>
/// Finds the layers that variables and options speak of, by index or by name: <c>Model:Layers:conv1:Filters</c> is
/// <c>Model:Layers:0:Filters</c>. The index behind the last layer adds one.
/// </summary>
internal sealed class LayerAddresses
{
    private readonly IReadOnlyList<string?> _names;
    private readonly int _end;

    /// <summary>Learns what layers there are.</summary>
    /// <param name="values">The configuration so far.</param>
    /// <param name="keys">The keys that will be asked for: layers that they add one after the other may all be there.</param>
    public LayerAddresses(IReadOnlyDictionary<string, SettingValue> values, IEnumerable<string> keys)
    {
        HashSet<int> there = Indexes(values.Keys);
        int count = Enumerable.Range(0, there.Count + 1).First(index => !there.Contains(index));
        _names = LayerNames.Of(Enumerable.Range(0, count).Select(index => (TextOf(index, "Type"), TextOf(index, "Name"))));
        HashSet<int> asked = Indexes(keys);
        _end = Enumerable.Range(count, asked.Count + 1).First(index => !asked.Contains(index));

        string? TextOf(int index, string option) =>
            values.TryGetValue(string.Create(CultureInfo.InvariantCulture, $"{LayerSection.Path}:{index}:{option}"), out SettingValue? value) ? value.Text : null;
    }

    /// <summary>The key with the layer's index; one that is not about a layer, as it is. Null with a failure, if there is no such layer.</summary>
    /// <param name="key">The key.</param>
    /// <param name="failure">What is wrong with the key.</param>
    public string? Resolve(string key, out Failure? failure)
    {
        failure = null;
        if (LayerOf(key) is not { } layer)
        {
            return key;
        }

        int place = IndexOf(layer) ?? _names.Index().FirstOrDefault(name => string.Equals(name.Item, layer, StringComparison.OrdinalIgnoreCase), (Index: -1, Item: null)).Index;
        if (place >= 0 && place < _end)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{LayerSection.Path}:{place}{key[(LayerSection.Path.Length + 1 + layer.Length)..]}");
        }

        string hint = place < 0
            ? NearestName.Hint(layer, _names.OfType<string>())
            : string.Create(CultureInfo.InvariantCulture, $"the last layer is {LayerSection.Path}:{_names.Count - 1}, and {LayerSection.Path}:{_names.Count} adds one.");
        failure = Failure.At($"{LayerSection.Path}:{layer}", $"is not known; {hint}");
        return null;
    }

    // What stands behind Model:Layers: an index or a name.
    private static string? LayerOf(string key) =>
        key.StartsWith(LayerSection.Path + ":", StringComparison.OrdinalIgnoreCase) ? key[(LayerSection.Path.Length + 1)..].Split(':')[0] : null;

    // Beyond what an int holds there is no layer either.
    private static int? IndexOf(string layer) =>
        layer.Length == 0 || !layer.All(char.IsAsciiDigit) ? null
        : int.TryParse(layer, NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? index : int.MaxValue;

    private static HashSet<int> Indexes(IEnumerable<string> keys) => [.. keys.Select(LayerOf).OfType<string>().Select(IndexOf).OfType<int>()];
}
