using ConvNN.Model.Options;
using ConvNN.Training;

namespace ConvNN.App.Configuration;

/// <summary>Reads and checks a whole configuration, and reports all its failures at once.</summary>
internal static class ConfigurationReader
{
    /// <summary>Reads the configuration of a run.</summary>
    /// <param name="sources">Where it comes from.</param>
    /// <exception cref="ConfigurationException">Keys are unknown, or values are invalid.</exception>
    public static RunConfiguration Read(ConfigurationSources sources)
    {
        MergedSettings settings = new(sources);
        List<Failure> failures = [.. settings.Failures];
        RunConfiguration run = Settings.Root.Read(new RunConfiguration(), settings.Root, failures);
        failures.AddRange(OptionRules.Failures(run.Training, run.Pipeline));
        return failures.Count == 0 ? run : throw new ConfigurationException([.. failures.Distinct().OrderBy(failure => failure.Text, StringComparer.Ordinal)]);
    }
}
