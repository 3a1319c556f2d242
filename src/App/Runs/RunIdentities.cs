using System.Text;
using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.Data;
using ConvNN.Files;
using ConvNN.Model.Options;
using ConvNN.Training.Checkpoints;

namespace ConvNN.App.Runs;

/// <summary>The part of a configuration and its data that determines the weights of a run.</summary>
internal static class RunIdentities
{
    private const string EpochsKey = "Training:Epochs";
    private const string LeavesKey = "Pipeline:Leaves";
    private const string LocalStepsKey = "Cluster:LocalSteps";
    private const string RanksKey = "Cluster:Ranks";

    // They mean nothing where ranks share each step.
    private static readonly string[] OfLocalSteps = [LocalStepsKey, "Cluster:OuterRate", "Cluster:OuterMomentum"];

    // Keys on how a machine does the work, where it finds files and what it prints. The data are identified by their bytes.
    private static readonly string[] Harmless =
        ["Name", "Data:Dataset", "Data:Directory", "Data:Prepare", "Data:Transpose", "Data:Download", "Data:Mirror", "Data:MaxBytes", "Data:Memory", "Pipeline", "Cluster:Engine", "Cluster:Deadline", "Checkpoints", "Output", "Dashboard", "Logging"];

    /// <summary>The identity of a run.</summary>
    /// <param name="run">Its configuration.</param>
    /// <param name="material">Its data and network.</param>
    public static RunIdentity Of(RunConfiguration run, RunMaterial material) => Of(run, material.Data, run.Training.Schedule.DependsOnEpochs);

    /// <summary>A hash of the identity of a run up to its last epoch: equal for two runs that end with the same bits.</summary>
    /// <param name="run">Its configuration.</param>
    /// <param name="data">The whole dataset; the configuration says which of its images the run uses.</param>
    /// <returns>SHA-256 over the keys and values, in lower-case hexadecimal.</returns>
    public static string HashOf(RunConfiguration run, DatasetPair data)
    {
        RunIdentity identity = Of(run, data, dependsOnEpochs: true);
        return Sha256Of(identity.Configuration.Concat(identity.Dataset));
    }

    /// <summary>A hash of the keys of a configuration that determine the weights, whatever the data.</summary>
    /// <param name="run">The configuration.</param>
    /// <returns>SHA-256 over the keys and values, in lower-case hexadecimal.</returns>
    public static string ConfigurationHashOf(RunConfiguration run) => Sha256Of(Of(Written(run), dependsOnEpochs: true));

    /// <summary>The identity of a run, read from the files in its folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="other">The identity to compare with, which tells whether the number of epochs matters.</param>
    /// <exception cref="CheckpointException">A file is missing or damaged.</exception>
    public static RunIdentity Read(string folder, RunIdentity other)
    {
        string path = Path.Combine(folder, ResolvedConfiguration.Name);
        try
        {
            return Of(ConfigurationFile.Find(path).Root, RunRecord.Read(folder), other.Configuration.ContainsKey(EpochsKey));
        }
        catch (Exception reason) when (reason is RunFileException or ConfigurationException)
        {
            throw new CheckpointException($"{reason.Message.TrimEnd('.')}; or name another folder with --output.", reason);
        }
    }

    private static RunIdentity Of(RunConfiguration run, DatasetPair data, bool dependsOnEpochs) =>
        Of(Written(ResolvedConfiguration.Of(run, data)), DatasetRecord.Of(data), run.Pipeline.Ranks?.Size ?? 1, dependsOnEpochs);

    private static ConfigurationNode Written(RunConfiguration run) =>
        JsonSettings.Read(ResolvedConfiguration.Name, Encoding.UTF8.GetBytes(Settings.Root.Write(run).ToJsonString()));

    private static string Sha256Of(IEnumerable<KeyValuePair<string, string>> values) =>
        Sha256Hash.Of(Encoding.UTF8.GetBytes(string.Concat(values.Select(pair => $"{pair.Key}={pair.Value}\n"))));

    private static SortedDictionary<string, string> Of(ConfigurationNode resolved, bool dependsOnEpochs, int? ranks = null)
    {
        SortedDictionary<string, string> configuration = new(StringComparer.Ordinal);
        foreach ((string key, ConfigurationNode node) in resolved.Values().Where(value => !value.Node.IsEmptyContainer))
        {
            configuration[key] = node.Text ?? "null";
        }

        foreach (string key in configuration.Keys.Where(key => key != LeavesKey && Harmless.Any(name => key == name || key.StartsWith(name + ":", StringComparison.Ordinal))).ToArray())
        {
            configuration.Remove(key);
        }

        if (configuration.GetValueOrDefault(LocalStepsKey) is null or "null")
        {
            Array.ForEach(OfLocalSteps, key => configuration.Remove(key));
        }
        else if (ranks is { } count)
        {
            // Not a key of the configuration, but with local steps the weights depend on it.
            configuration[RanksKey] = $"{count}";
        }

        // More epochs are harmless, unless the learning rate depends on their number.
        if (!dependsOnEpochs)
        {
            configuration.Remove(EpochsKey);
        }

        return configuration;
    }

    private static RunIdentity Of(ConfigurationNode resolved, RunRecord record, bool dependsOnEpochs) => Of(resolved, record.Dataset, record.Ranks ?? 1, dependsOnEpochs);

    private static RunIdentity Of(ConfigurationNode resolved, DatasetRecord data, int ranks, bool dependsOnEpochs)
    {
        SortedDictionary<string, string> dataset = new(StringComparer.Ordinal)
        {
            ["train images"] = $"{data.Train}",
            ["test images"] = $"{data.Test}",
        };
        foreach ((string file, string hash) in data.Sha256)
        {
            dataset[$"SHA-256 of {file}"] = hash;
        }

        return new RunIdentity(Of(resolved, dependsOnEpochs, ranks), dataset);
    }
}
