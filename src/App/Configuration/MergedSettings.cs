using System.Globalization;
using ConvNN.Model.Layers;
using ConvNN.Model.Options;

namespace ConvNN.App.Configuration;

/// <summary>
/// All sources of a configuration, merged. In addition to the framework's rule that the last source wins, a file's layers
/// replace all built-in ones, later sources may refer to a layer by its name, and a new value discards what it replaces.
/// </summary>
internal sealed class MergedSettings
{
    private const string TypeKey = TypeDefinition.TypeKey;
    private const string NameKey = "Name";
    private const string Null = "null";

    private static readonly int LayerDepth = ConfigurationNode.PartsOf(LayerSection.Path).Length;

    private readonly List<Failure> _failures = [];

    /// <summary>Merges the sources.</summary>
    /// <param name="sources">The sources.</param>
    public MergedSettings(ConfigurationSources sources)
    {
        Root = sources.File.Root.Clone();
        foreach (Setting section in Settings.Sections)
        {
            if (Root.Find(section.Key) is { } node && TypeIn(section.Key, node.Text) is not null)
            {
                node.Node(TypeKey).Give(node.Text, node.Origin);
                node.Clear();
            }
        }

        LayOver(sources.Environment.OrderBy(pair => pair.Key, StringComparer.Ordinal), EnvironmentSettings.VariableOf);
        LayOver(sources.CommandLine, sources.OptionOf);
        LayersOrDefault();
    }

    /// <summary>The merged settings.</summary>
    public ConfigurationNode Root { get; }

    /// <summary>The layers, each with its name and type as far as they are known.</summary>
    public IEnumerable<(string? Name, string? Type)> Layers
    {
        get
        {
            ConfigurationNode[] layers = [.. Consecutive(LayersOrDefault())];
            return NamesOf(layers).Zip(layers, (name, layer) => (name, layer.Find(TypeKey)?.Text));
        }
    }

    /// <summary>Keys that cannot be merged.</summary>
    public IReadOnlyList<Failure> Failures => _failures;

    /// <summary>The same failures, each with the place where the user can fix it: the line of a file, a variable, an option.</summary>
    /// <param name="wrong">The errors found in the configuration, or in what it asks for.</param>
    public ConfigurationException WithOrigins(ConfigurationException wrong) =>
        new([.. wrong.Failures.Select(failure => failure with { Origin = failure.Origin ?? OriginOf(failure.Key) })], wrong);

    /// <summary>The type that a plain value names where a section with a type is expected; null otherwise.</summary>
    private static string? TypeIn(string key, string? text) =>
        text is not (null or JsonSettings.EmptyObject) && Settings.Find(key) is { IsSection: true } ? text : null;

    /// <summary>Where a key can be changed. If it is not given, the first key below it counts, then those next to it.</summary>
    private string? OriginOf(string key)
    {
        for (string part = key; part.Length > 0; part = part[..Math.Max(0, part.LastIndexOf(':'))])
        {
            if (Root.Find(part)?.Values(part).OrderBy(value => value.Key.Length > part.Length).FirstOrDefault() is { Node: { } node })
            {
                return node.Origin;
            }
        }

        return null;
    }

    private ConfigurationNode LayersOrDefault()
    {
        ConfigurationNode layers = ConfigurationNode.PartsOf(LayerSection.Path).Aggregate(Root, (node, name) => node.Node(name));
        if (layers is { Text: null, Nodes.Count: 0 })
        {
            foreach ((string name, ConfigurationNode layer) in DefaultNetwork.Layers.Nodes)
            {
                layers.Add(name, layer.Clone());
            }
        }

        return layers;
    }

    private void LayOver(IEnumerable<KeyValuePair<string, string?>> settings, Func<string, string> originOf)
    {
        ConfigurationNode layers = LayersOrDefault();
        string?[] names = [.. NamesOf(Consecutive(layers))];
        int end = names.Length;
        (string[] Parts, string? Text, string Origin)[] placed =
        [
            .. from setting in settings
               let text = setting.Value == Null ? null : setting.Value
               let key = TypeIn(setting.Key, text) is null ? setting.Key : $"{setting.Key}:{TypeKey}"
               select (ConfigurationNode.PartsOf(key), text, originOf(setting.Key)),
        ];

        // Several added layers may be given in any order.
        foreach (int index in placed.Where(setting => IsOfLayer(setting.Parts)).Select(setting => IndexOf(setting.Parts[LayerDepth])).Order())
        {
            end = index == end ? end + 1 : end;
        }

        // A new type drops the options from earlier sources, but not those given together with it.
        foreach ((string[] parts, string? text, string origin) in placed.OrderBy(setting => IsType(setting.Parts) ? 0 : 1))
        {
            if (!IsOfLayer(parts))
            {
                Put(parts, text, origin);
                continue;
            }

            string layer = parts[LayerDepth];
            int place = IndexOf(layer) is >= 0 and int index ? index : Array.FindIndex(names, name => string.Equals(name, layer, StringComparison.OrdinalIgnoreCase));
            if (place >= 0 && place < end)
            {
                Put([.. parts[..LayerDepth], place.ToString(), .. parts[(LayerDepth + 1)..]], text, origin);
                continue;
            }

            string hint = place < 0
                ? NearestName.Hint(layer, names.OfType<string>())
                : $"the last layer is {LayerSection.Path}:{names.Length - 1}, and {LayerSection.Path}:{names.Length} adds one.";
            _failures.Add(Failure.At($"{LayerSection.Path}:{layer}", $"is not known; {hint}") with { Origin = origin });
        }
    }

    private void Put(string[] parts, string? text, string origin)
    {
        ConfigurationNode section = Root, node = Root;
        foreach ((int depth, string name) in parts.Index())
        {
            // An element of a list replaces a value; they do not mix.
            if (node.IsEmptyContainer || depth > LayerDepth + 1)
            {
                node.Clear();
            }

            section = node;
            node = node.Node(name);
        }

        if (IsType(parts) && node.IsGiven && !string.Equals(node.Text, text, StringComparison.OrdinalIgnoreCase))
        {
            section.Drop(keeps: NameKey);
            node = section.Node(TypeKey);
        }

        node.Drop();
        node.Give(text, origin);
    }

    private static bool IsType(string[] parts) => parts.Length > 1 && parts[^1].Equals(TypeKey, StringComparison.OrdinalIgnoreCase);

    private static bool IsOfLayer(string[] parts) =>
        parts.Length > LayerDepth && string.Join(':', parts[..LayerDepth]).Equals(LayerSection.Path, StringComparison.OrdinalIgnoreCase);

    private static IReadOnlyList<string?> NamesOf(IEnumerable<ConfigurationNode> layers) =>
        LayerNames.Of(layers.Select(layer => (layer.Find(TypeKey)?.Text, layer.Find(NameKey)?.Text)));

    private static IEnumerable<ConfigurationNode> Consecutive(ConfigurationNode layers) =>
        Enumerable.Range(0, layers.Nodes.Count).Select(index => layers.Find(index.ToString())).TakeWhile(layer => layer is not null)!;

    /// <summary>The index of a layer; -1 for a name. An index too large for an int becomes the largest int, which no layer has.</summary>
    private static int IndexOf(string layer) =>
        layer.Length == 0 || !layer.All(char.IsAsciiDigit) ? -1
        : int.TryParse(layer, NumberStyles.None, null, out int index) ? index : int.MaxValue;
}
