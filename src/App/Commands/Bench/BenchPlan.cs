using ConvNN.App.Commands.Bench.Measuring;
using ConvNN.App.Configuration;
using ConvNN.App.Runs;
using ConvNN.Data;
using ConvNN.Model.Networks;
using ConvNN.Model.Options;

namespace ConvNN.App.Commands.Bench;

/// <summary>The plan of <c>convnn bench</c>: the networks, batch sizes and numbers of workers to measure.</summary>
/// <param name="Runs">The configuration at each batch size; <c>--workers auto</c> in all of them.</param>
/// <param name="Workers">The numbers of workers.</param>
internal sealed record BenchPlan(IReadOnlyList<RunConfiguration> Runs, IReadOnlyList<int> Workers)
{
    private const string WorkersKey = "Pipeline:Workers";
    private const string BatchKey = "Training:BatchSize";
    private const string Auto = "auto";
    private const int RoomyBatch = 128;

    private static readonly string[] DefaultBatches = ["10", "128"];

    /// <summary>Reads the plan; command-line options may hold lists.</summary>
    /// <param name="sources">Where the configuration comes from.</param>
    /// <param name="hasFile">Whether a configuration file was named; its batch size is then used, unless options list others.</param>
    /// <exception cref="ConfigurationException">The configuration is invalid.</exception>
    public static BenchPlan Read(ConfigurationSources sources, bool hasFile)
    {
        ConfigurationSources auto = sources.With(WorkersKey, Auto);
        string[]? batches = List(sources, BatchKey) ?? (hasFile ? null : DefaultBatches);
        RunConfiguration[] runs = batches is null
            ? [ConfigurationReader.Read(auto)]
            : [.. batches.Distinct().Select(batch => ConfigurationReader.Read(auto.With(BatchKey, batch)))];
        IEnumerable<int?> workers = List(sources, WorkersKey) is { } numbers
            ? numbers.Select(number => ConfigurationReader.Read(sources.With(WorkersKey, number).With(BatchKey, $"{runs[0].Training.BatchSize}")).Pipeline.Workers)
            : [1, Environment.ProcessorCount];

        // The benchmark itself adds the number that auto chooses.
        return new BenchPlan([.. runs.Select(Offline)], [.. workers.OfType<int>().Distinct()]);
    }

    /// <summary>
    /// The cases of the plan: the configured network at each batch size and, unless a file was named, the two-block network at
    /// suitable batch sizes.
    /// </summary>
    /// <param name="material">The images and the configured network.</param>
    /// <param name="hasFile">Whether a configuration file was named.</param>
    /// <param name="hasBatches">Whether batch sizes were listed, which then apply to all networks.</param>
    public IEnumerable<BenchmarkCase> Cases(RunMaterial material, bool hasFile, bool hasBatches)
    {
        foreach (RunConfiguration run in Runs)
        {
            yield return new BenchmarkCase(run.Name, material.Network, material.Data, run.Training, run.Pipeline);
        }

        if (!hasFile && TwoBlock(material.Data) is { } network)
        {
            foreach (RunConfiguration run in Runs.Where(run => hasBatches || run.Training.BatchSize == RoomyBatch))
            {
                yield return new BenchmarkCase("two-block", network, material.Data, run.Training, run.Pipeline);
            }
        }
    }

    /// <summary>Whether options list batch sizes.</summary>
    public static bool HasBatches(ConfigurationSources sources) => sources.CommandLine.ContainsKey(BatchKey);

    private static string[]? List(ConfigurationSources sources, string key) =>
        sources.CommandLine.TryGetValue(key, out string? list) ? list?.Split(',', StringSplitOptions.TrimEntries) : null;

    // Speed hardly depends on the images, and a benchmark should not need a download.
    private static RunConfiguration Offline(RunConfiguration run) =>
        run.Data is { Dataset: Auto, Directory: null } ? run with { Data = run.Data with { Dataset = PublishedDataset.Sample.Name } } : run;

    private static Network? TwoBlock(DatasetPair data)
    {
        try
        {
            return BenchmarkNetworks.TwoBlock(data.Train.Shape, data.Train.Classes);
        }
        catch (NetworkException)
        {
            // The images are too small for this network, so only the configured one is measured.
            return null;
        }
    }
}
