using System.Text;
using ConvNN.App.Configuration;

namespace ConvNN.App.Tests.Configuration;

/// <summary>Configuration from text, without files and variables.</summary>
internal static class Sources
{
    public static ConfigurationSources Of(
        string json = "{}", Dictionary<string, string?>? environment = null, Dictionary<string, string?>? commandLine = null) =>
        new(
            ConfigurationFile.Parse("test.json", Encoding.UTF8.GetBytes(json)),
            EnvironmentSettings.Read(environment ?? []),
            new Dictionary<string, string?>(commandLine ?? [], StringComparer.OrdinalIgnoreCase));

    public static RunConfiguration Read(
        string json = "{}", Dictionary<string, string?>? environment = null, Dictionary<string, string?>? commandLine = null) =>
        ConfigurationReader.Read(Of(json, environment, commandLine));
}
