using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.Model.Options;

namespace ConvNN.App.Commands.Sweep;

/// <summary>All trials of a sweep: each configuration at each point of the grid with each seed, in this order.</summary>
/// <param name="Trials">The trials.</param>
/// <param name="Keys">The varied keys.</param>
internal sealed record SweepPlan(IReadOnlyList<SweepTrial> Trials, IReadOnlyList<string> Keys)
{
    private const string SeedKey = "Training:Seed";
    private const int MaxFailures = 50;

    /// <summary>Reads the configurations of all trials.</summary>
    /// <param name="files">The sources, one per file; all have the same variables and options.</param>
    /// <param name="points">The points of the grid.</param>
    /// <param name="seeds">The seeds; null uses the seed of each configuration.</param>
    /// <exception cref="ConfigurationException">Configurations are invalid: all failures of all trials, each with its origin.</exception>
    /// <exception cref="UsageException">There are too many trials.</exception>
    public static SweepPlan Read(IReadOnlyList<ConfigurationSources> files, IReadOnlyList<SweepPoint> points, IReadOnlyList<ulong>? seeds)
    {
        if ((long)files.Count * points.Count * (seeds?.Count ?? 1) > SeedList.MaxCount)
        {
            throw new UsageException($"a sweep has at most {SeedList.MaxCount:N0} trials; take fewer configurations, values or seeds.");
        }

        List<Failure> failures = [];
        List<(ConfigurationSources File, SweepTrial Trial)> trials = [];
        foreach (ConfigurationSources file in files)
        {
            foreach (SweepPoint point in points)
            {
                foreach (ConfigurationSources sources in OfSeeds(point.Values.Aggregate(file, (sources, pair) => With(sources, pair.Key, pair.Value, $"--vary {pair.Key}")), seeds))
                {
                    if (Read(sources, failures) is { } run)
                    {
                        trials.Add((file, new SweepTrial(trials.Count, run.Name, point, sources, run)));
                    }
                }
            }
        }

        return failures.Count == 0
            ? new SweepPlan(Named(trials), [.. points.SelectMany(point => point.Values).Select(pair => pair.Key).Distinct()])
            : throw new ConfigurationException([.. failures.Distinct().Take(MaxFailures)]);
    }

    private static IEnumerable<ConfigurationSources> OfSeeds(ConfigurationSources sources, IReadOnlyList<ulong>? seeds) =>
        seeds is null ? [sources] : seeds.Select(seed => With(sources, SeedKey, seed.ToString(), "--seeds"));

    private static ConfigurationSources With(ConfigurationSources sources, string key, string value, string option) =>
        sources.With(key, value) with { Options = new Dictionary<string, string>(sources.Options, StringComparer.OrdinalIgnoreCase) { [key] = option } };

    private static RunConfiguration? Read(ConfigurationSources sources, List<Failure> failures)
    {
        try
        {
            return ConfigurationReader.Read(sources);
        }
        catch (ConfigurationException wrong)
        {
            failures.AddRange(new MergedSettings(sources).WithOrigins(wrong).Failures);
            return null;
        }
    }

    /// <summary>The trials, named after their files if several files have configurations of the same name.</summary>
    private static SweepTrial[] Named(List<(ConfigurationSources File, SweepTrial Trial)> trials)
    {
        HashSet<string> taken = [.. trials.GroupBy(pair => pair.Trial.Name).Where(name => name.DistinctBy(pair => pair.File).Count() > 1).Select(name => name.Key)];
        return [.. trials.Select(pair => taken.Contains(pair.Trial.Name) ? pair.Trial with { Name = pair.File.File.Name } : pair.Trial)];
    }
}
