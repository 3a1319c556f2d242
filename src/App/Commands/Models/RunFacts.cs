using ConvNN.App.Commands.Sweep;
using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Runs;
using ConvNN.Model.Options;

namespace ConvNN.App.Commands.Models;

/// <summary>What the files in a run's folder tell about it. What cannot be read is missing, so that one damaged run hides no other.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Record">Its <c>run.json</c>; null if it is damaged.</param>
/// <param name="Fault">What is wrong with the record; empty if nothing is.</param>
/// <param name="Configuration">Its <c>config.json</c>; null if it cannot be read.</param>
/// <param name="History">Its <c>history.csv</c>; empty if it cannot be read.</param>
internal sealed record RunFacts(string Folder, RunRecord? Record, string Fault, RunConfiguration? Configuration, IReadOnlyList<HistoryRow> History)
{
    /// <summary>The epoch whose weights are the model; null if there is none.</summary>
    public HistoryRow? Best => History.LastOrDefault(row => row.WeightsSha256 == Record?.Result.WeightsSha256);

    /// <summary>Whether it is a trial of a sweep that is compared by validation: whoever saw its test accuracy would choose by it.</summary>
    public bool HidesTest => History.Any(row => row["validation_accuracy"] is not null) && SweepTrials.IsTrial(Folder);

    /// <summary>Reads the files.</summary>
    /// <param name="folder">The folder of a run.</param>
    public static RunFacts Read(string folder)
    {
        try
        {
            RunRecord record = RunRecord.Read(folder);
            return new RunFacts(folder, record, "", ConfigurationOf(folder), HistoryOf(folder));
        }
        catch (RunFileException damaged)
        {
            return new RunFacts(folder, null, damaged.Message.Replace(folder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal), null, []);
        }
    }

    private static RunConfiguration? ConfigurationOf(string folder)
    {
        try
        {
            Dictionary<string, string?> none = [];
            return ConfigurationReader.Read(new ConfigurationSources(ConfigurationFile.Find(Path.Combine(folder, ResolvedConfiguration.Name)), none, none));
        }
        catch (ConfigurationException)
        {
            return null;
        }
    }

    private static IReadOnlyList<HistoryRow> HistoryOf(string folder)
    {
        try
        {
            return HistoryReader.ReadRows(Path.Combine(folder, HistoryFile.Name));
        }
        catch (RunFileException)
        {
            return [];
        }
    }
}
