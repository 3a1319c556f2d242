namespace ConvNN.App.Configuration;

/// <summary>Where the configuration of a run comes from; a later source overrides the earlier ones.</summary>
/// <param name="File">The file.</param>
/// <param name="Environment">Settings in environment variables.</param>
/// <param name="CommandLine">Command-line settings, as named options or by <c>--set</c>; the later of two values for a key wins.</param>
internal sealed record ConfigurationSources(
    ConfigurationFile File, IReadOnlyDictionary<string, string?> Environment, IReadOnlyDictionary<string, string?> CommandLine)
{
    /// <summary>No sources: the built-in defaults.</summary>
    public static ConfigurationSources None { get; } = new(ConfigurationFile.None, new Dictionary<string, string?>(), new Dictionary<string, string?>());

    /// <summary>How keys were given on the command line, by key: <c>--workers</c>, <c>--set Pipeline:Workers</c>.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>The same sources with another option on the command line.</summary>
    public ConfigurationSources With(string key, string value) =>
        this with { CommandLine = new OrderedDictionary<string, string?>(CommandLine, StringComparer.OrdinalIgnoreCase) { [key] = value } };

    /// <summary>The command-line option that sets a key.</summary>
    public string OptionOf(string key) =>
        Options.TryGetValue(key, out string? option) ? option : Settings.Find(key) is { Options: [string name, ..] } ? name : key;
}
