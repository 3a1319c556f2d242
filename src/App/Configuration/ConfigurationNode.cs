namespace ConvNN.App.Configuration;

/// <summary>
/// A node of a configuration as it was given: a value, or a section with nodes of its own. A list is a section whose nodes are
/// called 0, 1, 2. Names are found in any case.
/// </summary>
internal sealed class ConfigurationNode
{
    // A key has five parts at most. What follows stays in the last one, so that no key makes a tree too deep to walk.
    private const int MaxParts = 8;

    private readonly OrderedDictionary<string, ConfigurationNode> _nodes = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The value; null where none is given, or <c>null</c>.</summary>
    public string? Text { get; private set; }

    /// <summary>What somebody has to change to change the value: a file and its line, a variable, an option; null for a built-in default.</summary>
    public string? Origin { get; private set; }

    /// <summary>Whether it is <c>{}</c> or <c>[]</c>, which <see cref="Text"/> shows, and no value.</summary>
    public bool IsEmptyContainer { get; private set; }

    /// <summary>Whether a value stands here, be it <c>null</c>.</summary>
    public bool IsGiven { get; private set; }

    /// <summary>The nodes of a section, in the order in which they were given.</summary>
    public IReadOnlyDictionary<string, ConfigurationNode> Nodes => _nodes;

    /// <summary>The parts of a key: <c>Training</c>, <c>Epochs</c>.</summary>
    /// <param name="key">The key: <c>Training:Epochs</c>.</param>
    public static string[] PartsOf(string key) => key.Split(':', MaxParts);

    /// <summary>The node of a key; null where there is none.</summary>
    /// <param name="key">The key, from here on.</param>
    public ConfigurationNode? Find(string key) => PartsOf(key).Aggregate((ConfigurationNode?)this, (node, name) => node?._nodes.GetValueOrDefault(name));

    /// <summary>The node of a name, which is added where it is missing.</summary>
    /// <param name="name">The name.</param>
    public ConfigurationNode Node(string name)
    {
        if (!_nodes.TryGetValue(name, out ConfigurationNode? node))
        {
            _nodes[name] = node = new ConfigurationNode();
        }

        return node;
    }

    /// <summary>Adds a node.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="node">The node.</param>
    public void Add(string name, ConfigurationNode node) => _nodes.Add(name, node);

    /// <summary>Gives it a value.</summary>
    /// <param name="text">The value.</param>
    /// <param name="origin">Where it stands.</param>
    /// <param name="isEmptyContainer">Whether it is an empty section or list.</param>
    public void Give(string? text, string? origin, bool isEmptyContainer = false) =>
        (Text, Origin, IsEmptyContainer, IsGiven) = (text, origin, isEmptyContainer, true);

    /// <summary>Takes its value away.</summary>
    public void Clear() => (Text, Origin, IsEmptyContainer, IsGiven) = (null, null, false, false);

    /// <summary>Takes nodes away.</summary>
    /// <param name="keeps">The name of the one that stays.</param>
    public void Drop(string? keeps = null)
    {
        foreach (string name in _nodes.Keys.Where(name => !name.Equals(keeps, StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            _nodes.Remove(name);
        }
    }

    /// <summary>A tree of its own with the same values.</summary>
    public ConfigurationNode Clone()
    {
        ConfigurationNode clone = new() { Text = Text, Origin = Origin, IsEmptyContainer = IsEmptyContainer, IsGiven = IsGiven };
        foreach ((string name, ConfigurationNode node) in _nodes)
        {
            clone._nodes[name] = node.Clone();
        }

        return clone;
    }

    /// <summary>All values, by their whole keys.</summary>
    /// <param name="key">The key of this node; empty for the root.</param>
    public IEnumerable<(string Key, ConfigurationNode Node)> Values(string key = "") => _nodes
        .SelectMany(pair => pair.Value.Values(key.Length == 0 ? pair.Key : $"{key}:{pair.Key}"))
        .Concat(IsGiven ? [(key, this)] : []);
}
