namespace ConvNN.App.Configuration;

/// <summary>Where the configuration of a run comes from; a later source outweighs the ones before it.</summary>
/// <param name="File">The file.</param>
/// <param name="Environment">Settings in environment variables.</param>
/// <param name="CommandLine">Settings on the command line, in options of their own or by <c>--set</c>; of a key that is given twice, the later.</param>
internal sealed record ConfigurationSources(
    ConfigurationFile File, IReadOnlyDictionary<string, string?> Environment, IReadOnlyDictionary<string, string?> CommandLine)
{
    /// <summary>How keys were given on the command line, by key: <c>--workers</c>, <c>--set Pipeline:Workers</c>.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>The same sources with another option on the command line.</summary>
    public ConfigurationSources With(string key, string value) =>
        this with { CommandLine = new OrderedDictionary<string, string?>(CommandLine, StringComparer.OrdinalIgnoreCase) { [key] = value } };

    /// <summary>What somebody has to change on the command line to change a key.</summary>
    public string OptionOf(string key) =>
        Options.TryGetValue(key, out string? option) ? option : Settings.Find(key) is { Options: [string name, ..] } ? name : key;
}
