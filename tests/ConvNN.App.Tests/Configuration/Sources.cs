using System.Text;
using ConvNN.App.Configuration;
using ConvNN.Model.Options;

namespace ConvNN.App.Tests.Configuration;

/// <summary>Configuration from text, without files and variables.</summary>
internal static class Sources
{
    public static ConfigurationSources Of(
        string json = "{}", Dictionary<string, string?>? environment = null, IEnumerable<KeyValuePair<string, string?>>? commandLine = null) =>
        new(
            ConfigurationFile.Parse("test.json", Encoding.UTF8.GetBytes(json)),
            EnvironmentSettings.Read(environment ?? []),
            new OrderedDictionary<string, string?>(commandLine ?? [], StringComparer.OrdinalIgnoreCase));

    public static RunConfiguration Read(
        string json = "{}", Dictionary<string, string?>? environment = null, IEnumerable<KeyValuePair<string, string?>>? commandLine = null) =>
        Read(Of(json, environment, commandLine));

    /// <summary>Reads as a command does: with the origins of what is wrong.</summary>
    public static RunConfiguration Read(ConfigurationSources sources)
    {
        try
        {
            return ConfigurationReader.Read(sources);
        }
        catch (ConfigurationException wrong)
        {
            throw new MergedSettings(sources).WithOrigins(wrong);
        }
    }

    /// <summary>Whether two configurations are equal; those of records that hold lists are not, by themselves.</summary>
    public static void AssertEqual(RunConfiguration expected, RunConfiguration actual)
    {
        Assert.Equal(expected.Layers, actual.Layers);
        Assert.Equal(expected, actual with { Layers = expected.Layers });
    }
}
