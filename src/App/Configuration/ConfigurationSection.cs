using System.Text.Json.Nodes;
using ConvNN.Model.Options;

namespace ConvNN.App.Configuration;

/// <summary>A section of the configuration: the keys that it may have.</summary>
/// <param name="Key">The full key; empty for the root.</param>
internal sealed record ConfigurationSection(string Key) : ConfigurationEntry(Key)
{
    // A file with more errors than this is most likely not a configuration at all.
    private const int MaxFailures = 50;

    private static readonly Dictionary<string, string> Meanings = new()
    {
        [""] = "what a run of convnn does; each key that is left out has its default",
        ["Data"] = "images to train and test with: where they come from, how they are prepared",
        ["Training"] = "what decides the weights: epochs, optimizer, schedule, loss",
        ["Pipeline"] = "how the work is divided among cores, with the same weights however it is done",
        ["Checkpoints"] = "when the state of a run is saved, so that it can resume",
        ["Output"] = "where the files of a run go",
        ["Cluster"] = "several processes that train together, often on several machines",
        ["Dashboard"] = "the page that shows a run while it trains",
        ["Logging"] = "what is told of a run, and in which form",
        ["Model"] = "the network",
    };

    private readonly OrderedDictionary<string, ConfigurationEntry> _entries = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The keys, by the last part of their names.</summary>
    public IReadOnlyDictionary<string, ConfigurationEntry> Entries => _entries;

    private IEnumerable<string> Keys => _entries.Values.SelectMany(entry => entry is ConfigurationSection section ? section.Keys : [entry.Key]);

    private string Names => string.Join(", ", _entries.Keys.Order(StringComparer.Ordinal));

    /// <summary>Builds the sections that contain the given keys, in the order of the keys.</summary>
    /// <param name="entries">The keys.</param>
    public static ConfigurationSection Of(IEnumerable<ConfigurationEntry> entries)
    {
        ConfigurationSection root = new("");
        foreach (ConfigurationEntry entry in entries)
        {
            ConfigurationSection section = root;
            string[] parts = ConfigurationNode.PartsOf(entry.Key);
            for (int i = 1; i < parts.Length; i++)
            {
                section._entries.TryAdd(parts[i - 1], new ConfigurationSection(string.Join(':', parts[..i])));
                section = (ConfigurationSection)section._entries[parts[i - 1]];
            }

            section._entries.Add(parts[^1], entry);
        }

        return root;
    }

    /// <summary>The key that the user probably meant, compared by letters only; null if none is close enough.</summary>
    /// <param name="name">The name.</param>
    public string? Nearest(string name) =>
        NearestName.Find(Letters(name), Keys.Select(Letters)) is { } letters ? Keys.First(key => Letters(key) == letters) : null;

    /// <summary>The keys in sections that end in a name, as in <c>Training:Optimizer</c> for <c>Optimizer</c>.</summary>
    /// <param name="name">The name.</param>
    public IEnumerable<string> EndingIn(string name) => Keys.Where(key => key.EndsWith($":{name}", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a name is one of the keys here, or probably meant as one.</summary>
    /// <param name="name">The name.</param>
    public bool Resembles(string name) =>
        _entries.ContainsKey(name) || EndingIn(name).Any() || Nearest(name) is not null || NearestName.Find(name, _entries.Keys) is not null;

    /// <inheritdoc/>
    public override RunConfiguration Read(RunConfiguration run, ConfigurationNode given, ICollection<Failure> failures)
    {
        if (given.Text is not (null or JsonSettings.EmptyObject))
        {
            failures.Add(Failure.At(Key, $"is {ShownValue.Of(given.Text)}; it must be a section with {Names}."));
        }

        foreach ((string name, ConfigurationNode node) in given.Nodes.TakeWhile(_ => failures.Count < MaxFailures))
        {
            if (_entries.TryGetValue(name, out ConfigurationEntry? entry))
            {
                run = entry.Read(run, node, failures);
            }
            else
            {
                string hint = Key.Length == 0 && Meant(name, isValue: node.Nodes.Count == 0) is { } meant
                    ? $"did you mean {meant}?"
                    : NearestName.Hint(name, _entries.Keys.Order(StringComparer.Ordinal));
                failures.Add(Failure.At(Key.Length == 0 ? name : $"{Key}:{name}", $"is not known; {hint}") with { Origin = node.Origin });
            }
        }

        return run;
    }

    /// <inheritdoc/>
    public override JsonObject Schema() => new()
    {
        ["description"] = Meanings[Key],
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["properties"] = new JsonObject(_entries.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value.Schema()))),
    };

    /// <inheritdoc/>
    public override JsonObject Write(RunConfiguration run) =>
        new(_entries.Where(entry => entry.Value.IsWritten(run)).Select(entry => KeyValuePair.Create(entry.Key, entry.Value.Write(run))));

    /// <summary>The full keys that were probably meant: the user may have left out the section, or written it or the name differently.</summary>
    private string? Meant(string name, bool isValue)
    {
        string[] same = [.. EndingIn(name)];
        return same.Length > 0 ? string.Join(" or ", same)
            : !isValue ? null
            : Nearest(name) is { } nearest ? nearest
            : NearestName.Find(name, Keys.Select(LastOf)) is { } last ? string.Join(" or ", Keys.Where(key => LastOf(key) == last))
            : null;
    }

    private static string LastOf(string key) => ConfigurationNode.PartsOf(key)[^1];

    private static string Letters(string name) => string.Concat(name.Where(char.IsLetter));
}
