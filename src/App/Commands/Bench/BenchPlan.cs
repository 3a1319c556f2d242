using ConvNN.App.Commands.Bench.Measuring;
using ConvNN.App.Configuration;
using ConvNN.App.Runs;
using ConvNN.Data;
using ConvNN.Model.Networks;
using ConvNN.Model.Options;

namespace ConvNN.App.Commands.Bench;

/// <summary>What <c>convnn bench</c> measures: networks at batch sizes, with numbers of workers.</summary>
/// <param name="Runs">The configuration at each batch size; <c>--workers auto</c> in all of them.</param>
/// <param name="Workers">The numbers of workers.</param>
internal sealed record BenchPlan(IReadOnlyList<RunConfiguration> Runs, IReadOnlyList<int> Workers)
{
    private const string WorkersKey = "Pipeline:Workers";
    private const string BatchKey = "Training:BatchSize";
    private const string Auto = "auto";
    private const int RoomyBatch = 128;

    private static readonly string[] DefaultBatches = ["10", "128"];

    /// <summary>Reads what is to be measured; options of the command line may hold lists.</summary>
    /// <param name="sources">Where the configuration comes from.</param>
    /// <param name="hasFile">Whether a configuration file was named: its batch size holds then, unless options list others.</param>
    /// <exception cref="ConfigurationException">The configuration is not what it must be.</exception>
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

        // What auto takes is the benchmark's to find out, which adds it.
        return new BenchPlan([.. runs.Select(Offline)], [.. workers.OfType<int>().Distinct()]);
    }

    /// <summary>The cases of the plan: the configured network at each batch size and, unless a file was named, the network of two blocks at those of them that suit it.</summary>
    /// <param name="material">The images and the configured network.</param>
    /// <param name="hasFile">Whether a configuration file was named.</param>
    /// <param name="hasBatches">Whether batch sizes were listed, which then hold for all networks.</param>
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

    // Speed is the same on any digits, and a benchmark should need no network.
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
            // Images smaller than the network needs: the configured one is measured alone.
            return null;
        }
    }
}
