using ConvNN.Model.Options;
using ConvNN.Training;

namespace ConvNN.App.Configuration;

/// <summary>Reads and checks a whole configuration, and reports all its failures at once.</summary>
internal static class ConfigurationReader
{
    // What is wrong in more places than this is no configuration: another kind of file, most likely.
    private const int MaxFailures = 50;

    /// <summary>Reads the configuration of a run.</summary>
    /// <param name="sources">Where it comes from.</param>
    /// <exception cref="ConfigurationException">Keys are not known, or values are not what they must be.</exception>
    public static RunConfiguration Read(ConfigurationSources sources)
    {
        MergedSettings settings = new(sources);
        List<Failure> failures = [];
        RunConfiguration run = new() { Layers = LayerSection.Read(settings.Values, failures) };
        foreach ((string key, SettingValue given) in settings.Values.TakeWhile(_ => failures.Count < MaxFailures))
        {
            string? value = given.Text;
            if (Settings.Find(key) is not { } setting)
            {
                if (Settings.SectionOf(key) is null && KnownKeys.Complaint(key, value) is { } complaint)
                {
                    failures.Add(complaint);
                }
            }
            else if (value is not null && !setting.IsSection)
            {
                RunConfiguration? applied = given.IsEmptyContainer ? null : setting.Apply(run, value);
                run = applied ?? run;
                if (applied is null)
                {
                    failures.Add(setting.Refuse(value));
                }
            }
        }

        foreach (Setting section in Settings.Sections)
        {
            run = section.ApplySection(run, TypedSection.Values(settings.Values, section.Key), failures);
        }

        failures.AddRange(OptionRules.Failures(run.Training, run.Pipeline));
        Failure[] all = [.. settings.Failures.Concat(failures).Distinct().OrderBy(failure => failure.Text, StringComparer.Ordinal).Take(MaxFailures)];
        return all.Length == 0 ? run : throw new ConfigurationException(all);
    }
}
