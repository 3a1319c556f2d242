using ConvNN.Model.Layers;
using ConvNN.Model.Options;
using Microsoft.Extensions.Configuration;

namespace ConvNN.App.Configuration;

/// <summary>Section <c>Model:Layers</c>: hands its entries to the registry of layers.</summary>
internal static class LayerSection
{
    /// <summary>Where the layers stand.</summary>
    public const string Path = "Model:Layers";

    /// <summary>Reads the layers.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="failures">Receives a sentence per failure.</param>
    public static IReadOnlyList<LayerOptions> Read(IConfiguration configuration, List<string> failures)
    {
        IConfigurationSection section = configuration.GetSection(Path);
        if (!string.IsNullOrEmpty(section.Value))
        {
            failures.Add($"{Path} is {section.Value}; it must be a list of layers.");
            return [];
        }

        List<LayerDefinition> definitions = [];
        foreach (IConfigurationSection entry in section.GetChildren())
        {
            if (!IsIndex(entry.Key))
            {
                failures.Add($"{entry.Path} is not known; layers are a list, the first is {Path}:0.");
            }
            else if (entry.Value is not null)
            {
                failures.Add($"{entry.Path} is {entry.Value}; it must be a layer, such as {{ \"Type\": \"flatten\" }}.");
            }
            else
            {
                definitions.Add(new LayerDefinition(entry.Path, Values(entry, failures)));
            }
        }

        try
        {
            return LayerRegistry.Read(definitions);
        }
        catch (ConfigurationException wrong)
        {
            failures.AddRange(wrong.Failures);
            return [];
        }
    }

    private static Dictionary<string, string> Values(IConfigurationSection entry, List<string> failures)
    {
        Dictionary<string, string> values = new(StringComparer.OrdinalIgnoreCase);
        foreach (IConfigurationSection option in entry.GetChildren())
        {
            IConfigurationSection[] elements = [.. option.GetChildren()];
            if (elements.Any(element => !IsIndex(element.Key) || element.Value is null))
            {
                failures.Add($"{option.Path} holds a section; it must be a value or a list of values.");
            }
            else if (elements.Length > 0)
            {
                values[option.Key] = string.Join(',', elements.Select(element => element.Value));
            }
            else if (option.Value is { } value)
            {
                values[option.Key] = value;
            }
        }

        return values;
    }

    private static bool IsIndex(string key) => key.All(char.IsAsciiDigit);
}
