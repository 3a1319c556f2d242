using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Runs;
using ConvNN.Model.Options;

namespace ConvNN.App.Commands.Verify;

/// <summary>The configurations that must give the same weights: one for each number of workers, and for each kind of kernels.</summary>
internal static class VerifyPlan
{
    /// <summary>The key of the list of workers.</summary>
    public const string WorkersKey = "Pipeline:Workers";

    /// <summary>The key of the list of kernels.</summary>
    public const string KernelsKey = "Pipeline:Kernels";

    private const string ExchangeKey = "Pipeline:Exchange";
    private const string DirectoryKey = "Data:Directory";

    private const string Reference = "reference";

    // Keys on how a machine does the work and what it prints; any other key changes the weights.
    private static readonly string[] Allowed =
        [WorkersKey, KernelsKey, ExchangeKey, "Pipeline:Decoders", "Pipeline:Prefetch", "Pipeline:StallTimeout", DirectoryKey, "Data:Download", "Data:Mirror", "Data:MaxBytes", "Data:Memory", "Dashboard:", "Logging:"];

    /// <summary>
    /// Reads the configurations. Each number of workers is combined with the first kernels of the list, and all other
    /// kernels with the largest number of workers. Where there are several numbers, one more run changes between numbers up to the largest.
    /// </summary>
    /// <param name="sources">Where they come from; command-line options may hold lists.</param>
    /// <param name="workers">The numbers of workers, unless options list them; null uses the sources' value.</param>
    /// <param name="kernels">The kernels, unless options list them; null uses the sources' value.</param>
    /// <exception cref="ConfigurationException">The configuration is invalid.</exception>
    public static IReadOnlyList<RunConfiguration> Read(ConfigurationSources sources, string? workers = null, string? kernels = null)
    {
        string?[] numbers = List(WorkersKey, workers);
        string?[] words = List(KernelsKey, kernels);
        RunConfiguration[] byWorkers = [.. numbers.Select(number => Read(number, words[0]))];
        string? most = numbers[Array.IndexOf(byWorkers, byWorkers.MaxBy(run => run.Pipeline.Workers))];
        RunConfiguration[] changing = byWorkers is [{ Pipeline: var pipeline } first, _, ..]
            ? [first with { Pipeline = pipeline with { Workers = byWorkers.Max(run => run.Pipeline.Threads), Threads = byWorkers.Max(run => run.Pipeline.Threads), ChangesThreads = true } }]
            : [];
        return [.. byWorkers, .. changing, .. words.Skip(1).Select(word => Read(most, word))];

        string?[] List(string key, string? otherwise) =>
            (sources.CommandLine.TryGetValue(key, out string? list) ? list : otherwise)?.Split(',', StringSplitOptions.TrimEntries) ?? new string?[] { null };

        // The reference kernels cannot run own features, so their exchange is auto.
        RunConfiguration Read(string? number, string? word)
        {
            RunConfiguration run = ConfigurationReader.Read(With(
                With(With(sources, WorkersKey, number), KernelsKey, word),
                ExchangeKey,
                string.Equals(word, Reference, StringComparison.OrdinalIgnoreCase) ? "auto" : null));

            // A run takes at most one thread per core, so more workers would divide its steps alike and prove nothing.
            return run with { Pipeline = run.Pipeline with { Threads = run.Pipeline.WorkersFor(run.Training.BatchSize) } };
        }
    }

    /// <summary>Reads the configuration for repeating a run: its own, except for how this machine does the work.</summary>
    /// <param name="recorded">The run.</param>
    /// <param name="sources">Variables and options. A variable that names a data folder is meant for other runs and ignored.</param>
    /// <exception cref="UsageException">An option would change the weights.</exception>
    /// <exception cref="ConfigurationException">An option is invalid.</exception>
    public static IReadOnlyList<RunConfiguration> Read(RecordedRun recorded, ConfigurationSources sources)
    {
        if (sources.CommandLine.Keys.FirstOrDefault(key => !IsAllowed(key)) is { } changed)
        {
            throw new UsageException($"verify RUN repeats the run exactly; leave {sources.OptionOf(changed)} out.");
        }

        return Read(sources with
        {
            File = recorded.Configuration,
            Environment = sources.Environment
                .Where(pair => IsAllowed(pair.Key) && !pair.Key.Equals(DirectoryKey, StringComparison.OrdinalIgnoreCase))
                .ToDictionary(StringComparer.OrdinalIgnoreCase),
        });
    }

    private static bool IsAllowed(string key) => Allowed.Any(allowed =>
        allowed[^1] == ':' ? key.StartsWith(allowed, StringComparison.OrdinalIgnoreCase) : key.Equals(allowed, StringComparison.OrdinalIgnoreCase));

    private static ConfigurationSources With(ConfigurationSources sources, string key, string? value) =>
        value is null ? sources : sources.With(key, value);
}
