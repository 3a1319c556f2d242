using Microsoft.Extensions.Configuration;

namespace ConvNN.App.Configuration;

/// <summary>Where the configuration of a run comes from; a later source outweighs the ones before it.</summary>
/// <param name="File">The file.</param>
/// <param name="Environment">Settings in environment variables.</param>
/// <param name="CommandLine">Settings in options of the command line.</param>
internal sealed record ConfigurationSources(
    ConfigurationFile File, IReadOnlyDictionary<string, string?> Environment, IReadOnlyDictionary<string, string?> CommandLine)
{
    /// <summary>The configuration, all sources taken together.</summary>
    public IConfigurationRoot Build() =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(HasLayers ? [] : DefaultNetwork.Keys)
            .AddInMemoryCollection(File.Values)
            .AddInMemoryCollection(Environment)
            .AddInMemoryCollection(CommandLine)
            .Build();

    /// <summary>The same sources with another option on the command line.</summary>
    public ConfigurationSources With(string key, string value) =>
        this with { CommandLine = new Dictionary<string, string?>(CommandLine, StringComparer.OrdinalIgnoreCase) { [key] = value } };

    /// <summary>What somebody has to change to mend a key or section: an option, a variable or a file; null for a built-in default.</summary>
    public string? OriginOf(string key) =>
        Find(CommandLine, key) is { } option ? Settings.Find(option) is { Options: [string name, ..] } ? name : option
        : Find(Environment, key) is { } variable ? EnvironmentSettings.VariableOf(variable)
        : Find(File.Values, key) is not null ? File.Name
        : null;

    // .NET would mix a file's layers with the built-in ones, by index.
    private bool HasLayers => File.Values.Any(pair =>
        pair.Key.StartsWith(LayerSection.Path + ":", StringComparison.OrdinalIgnoreCase)
        || (pair.Key.Equals(LayerSection.Path, StringComparison.OrdinalIgnoreCase) && pair.Value is not null));

    private static string? Find(IReadOnlyDictionary<string, string?> source, string key) =>
        source.Keys.FirstOrDefault(candidate =>
            candidate.Equals(key, StringComparison.OrdinalIgnoreCase) || candidate.StartsWith(key + ":", StringComparison.OrdinalIgnoreCase));
}
