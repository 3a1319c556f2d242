namespace ConvNN.App.Configuration;

/// <summary>
/// A node of a configuration as it was given: a value, or a section with child nodes. A list is a section whose nodes are
/// named 0, 1, 2. Names are case-insensitive.
/// </summary>
internal sealed class ConfigurationNode
{
    // A valid key has at most five parts. Any more stay in the last one, so that no key makes the tree too deep to walk.
    private const int MaxParts = 8;

    private readonly OrderedDictionary<string, ConfigurationNode> _nodes = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The value; null if none is given, or if <c>null</c> is given.</summary>
    public string? Text { get; private set; }

    /// <summary>
    /// Where the user can change the value: a line of a file, a variable, an option; of a section, the line on which it begins; null for a
    /// built-in default.
    /// </summary>
    public string? Origin { get; private set; }

    /// <summary>Whether it is <c>{}</c> or <c>[]</c> rather than a value; <see cref="Text"/> shows which.</summary>
    public bool IsEmptyContainer { get; private set; }

    /// <summary>Whether a value is given here, even if it is <c>null</c>.</summary>
    public bool IsGiven { get; private set; }

    /// <summary>The nodes of a section, in the order in which they were given.</summary>
    public IReadOnlyDictionary<string, ConfigurationNode> Nodes => _nodes;

    /// <summary>The parts of a key: <c>Training</c>, <c>Epochs</c>.</summary>
    /// <param name="key">The key: <c>Training:Epochs</c>.</param>
    public static string[] PartsOf(string key) => key.Split(':', MaxParts);

    /// <summary>The node of a key; null if there is none.</summary>
    /// <param name="key">The key, relative to this node.</param>
    public ConfigurationNode? Find(string key) => PartsOf(key).Aggregate((ConfigurationNode?)this, (node, name) => node?._nodes.GetValueOrDefault(name));

    /// <summary>The node with a name; added if it is missing.</summary>
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

    /// <summary>Notes where a section begins.</summary>
    /// <param name="origin">The place.</param>
    public void Begin(string origin) => Origin ??= origin;

    /// <summary>Sets its value.</summary>
    /// <param name="text">The value.</param>
    /// <param name="origin">Where it was given.</param>
    /// <param name="isEmptyContainer">Whether it is an empty section or list.</param>
    public void Give(string? text, string? origin, bool isEmptyContainer = false) =>
        (Text, Origin, IsEmptyContainer, IsGiven) = (text, origin, isEmptyContainer, true);

    /// <summary>Removes its value.</summary>
    public void Clear() => (Text, Origin, IsEmptyContainer, IsGiven) = (null, null, false, false);

    /// <summary>Removes the child nodes.</summary>
    /// <param name="keeps">The name of the one to keep.</param>
    public void Drop(string? keeps = null)
    {
        foreach (string name in _nodes.Keys.Where(name => !name.Equals(keeps, StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            _nodes.Remove(name);
        }
    }

    /// <summary>A deep copy.</summary>
    public ConfigurationNode Clone()
    {
        ConfigurationNode clone = new() { Text = Text, Origin = Origin, IsEmptyContainer = IsEmptyContainer, IsGiven = IsGiven };
        foreach ((string name, ConfigurationNode node) in _nodes)
        {
            clone._nodes[name] = node.Clone();
        }

        return clone;
    }

    /// <summary>All values, by their full keys.</summary>
    /// <param name="key">The key of this node; empty for the root.</param>
    public IEnumerable<(string Key, ConfigurationNode Node)> Values(string key = "") => _nodes
        .SelectMany(pair => pair.Value.Values(key.Length == 0 ? pair.Key : $"{key}:{pair.Key}"))
        .Concat(IsGiven ? [(key, this)] : []);
}
