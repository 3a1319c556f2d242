using ConvNN.Model.Options;
using ConvNN.Training;
using Microsoft.Extensions.Configuration;

namespace ConvNN.App.Configuration;

/// <summary>Reads and checks a whole configuration, and reports all its failures at once.</summary>
internal static class ConfigurationReader
{
    /// <summary>Reads the configuration of a run.</summary>
    /// <param name="sources">Where it comes from.</param>
    /// <exception cref="ConfigurationException">Keys are not known, or values are not what they must be.</exception>
    public static RunConfiguration Read(ConfigurationSources sources)
    {
        IConfigurationRoot configuration = sources.Build();
        List<string> failures = [];
        RunConfiguration run = new() { Layers = LayerSection.Read(configuration, failures) };
        foreach ((string key, string? value) in configuration.AsEnumerable())
        {
            if (Settings.Find(key) is not { } setting)
            {
                if (KnownKeys.Complaint(key, value) is { } complaint)
                {
                    failures.Add(complaint);
                }
            }
            else if (value is not null)
            {
                RunConfiguration? applied = setting.Apply(run, value);
                run = applied ?? run;
                if (applied is null)
                {
                    failures.Add($"{setting.Key} is {(value.Length == 0 ? "empty" : value)}; {setting.Rule}.");
                }
            }
        }

        failures.AddRange(OptionRules.Failures(run.Training, run.Pipeline));
        return failures.Count == 0 ? run : throw new ConfigurationException([.. failures.Distinct().Order(StringComparer.Ordinal).Select(WithOrigin)]);

        // A sentence begins with its key.
        string WithOrigin(string failure) => sources.OriginOf(failure.Split(' ')[0]) is { } origin ? $"{failure} ({origin})" : failure;
    }
}
