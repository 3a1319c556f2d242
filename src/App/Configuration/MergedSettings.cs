using ConvNN.Model.Options;

namespace ConvNN.App.Configuration;

/// <summary>
/// All sources of a configuration, laid over each other. Beyond the framework's rule that the last one wins: a file's
/// layers replace the built-in ones as a whole, later sources find a layer by its name, and what a value replaces is gone.
/// </summary>
internal sealed class MergedSettings
{
    private const string TypeKey = "Type";
    private const string NameKey = "Name";
    private const string Null = "null";

    private readonly Dictionary<string, SettingValue> _values;
    private readonly List<Failure> _failures = [];

    /// <summary>Lays sources over each other.</summary>
    /// <param name="sources">The sources.</param>
    public MergedSettings(ConfigurationSources sources)
    {
        _values = new(sources.File.Values.Select(pair => KeyValuePair.Create(TypedSection.PlaceOf(pair.Key, pair.Value.Text), pair.Value)), StringComparer.OrdinalIgnoreCase);
        LayOver(sources.Environment.OrderBy(pair => pair.Key, StringComparer.Ordinal), EnvironmentSettings.VariableOf);
        LayOver(sources.CommandLine, sources.OptionOf);
        AddDefaultLayers();
    }

    /// <summary>Keys that cannot be laid over what is there.</summary>
    public IReadOnlyList<Failure> Failures => _failures;

    /// <summary>The keys and values; a section has none of its own.</summary>
    public IReadOnlyDictionary<string, SettingValue> Values => _values;

    /// <summary>What to change to change a key; null for a built-in default.</summary>
    /// <param name="key">The key; of one that is not given, what is below it counts, then what is beside it.</param>
    public string? OriginOf(string key)
    {
        string? given = _values.ContainsKey(key) ? key : null;
        for (string part = key; given is null && part.Length > 0; part = part[..Math.Max(0, part.LastIndexOf(':'))])
        {
            given = _values.Keys.Where(known => IsBelow(known, part)).Order(StringComparer.Ordinal).FirstOrDefault();
        }

        return given is null ? null : _values[given].Origin;
    }

    private static bool IsBelow(string key, string section) => key.StartsWith(section + ":", StringComparison.OrdinalIgnoreCase);

    private void LayOver(IEnumerable<KeyValuePair<string, string?>> settings, Func<string, string> originOf)
    {
        AddDefaultLayers();
        LayerAddresses layers = new(_values, settings.Select(pair => pair.Key));
        List<(string Key, SettingValue Value)> resolved = [];
        foreach ((string key, string? text) in settings)
        {
            SettingValue value = new(text == Null ? null : text, originOf(key));
            if (layers.Resolve(key, out Failure? failure) is { } place)
            {
                resolved.Add((TypedSection.PlaceOf(place, value.Text), value));
            }
            else
            {
                _failures.Add(failure! with { Origin = value.Origin });
            }
        }

        // A new type drops what the object had before, not what it gets with it.
        foreach ((string key, SettingValue value) in resolved.OrderBy(setting => IsTypeKey(setting.Key) ? 0 : 1))
        {
            Put(key, value);
        }
    }

    private void Put(string key, SettingValue value)
    {
        int end = key.LastIndexOf(':');
        string section = key[..Math.Max(0, end)];
        if (IsTypeKey(key) && _values.TryGetValue(key, out SettingValue? old) && !string.Equals(old.Text, value.Text, StringComparison.OrdinalIgnoreCase))
        {
            Remove(known => IsBelow(known, section) && !known.Equals($"{section}:{NameKey}", StringComparison.OrdinalIgnoreCase));
        }

        // A value replaces a list, and an element of a list replaces a value: they do not mix.
        Remove(known => IsBelow(known, key));
        if (IsBelow(section, LayerSection.Path))
        {
            _values.Remove(section);
        }

        _values[key] = value;
    }

    private static bool IsTypeKey(string key) => key.EndsWith($":{TypeKey}", StringComparison.OrdinalIgnoreCase);

    private void Remove(Predicate<string> isGone)
    {
        foreach (string key in _values.Keys.Where(key => isGone(key)).ToArray())
        {
            _values.Remove(key);
        }
    }

    private void AddDefaultLayers()
    {
        if (!_values.Any(pair => IsBelow(pair.Key, LayerSection.Path) || (pair.Key.Equals(LayerSection.Path, StringComparison.OrdinalIgnoreCase) && pair.Value.Text is not null)))
        {
            foreach ((string key, string? text) in DefaultNetwork.Keys)
            {
                _values[key] = new SettingValue(text, null);
            }
        }
    }
}
