using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.Formats;
using ConvNN.Formats.SafeTensors;
using ConvNN.Model.Options;

namespace ConvNN.App.Runs;

/// <summary>A run read back from its folder, with consistent files.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Record">Its <c>run.json</c>.</param>
/// <param name="Configuration">Its <c>config.json</c>.</param>
/// <param name="EpochHashes">SHA-256 of the weights after each finished epoch, from its <c>history.csv</c>.</param>
internal sealed record RecordedRun(string Folder, RunRecord Record, ConfigurationFile Configuration, IReadOnlyList<string> EpochHashes)
{
    private const string HowToMend = "name a run folder that convnn train has written";

    /// <summary>Whether all epochs were trained.</summary>
    public bool IsDone => Record.Result.Outcome == ResultRecord.Done;

    /// <summary>Reads a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="RunFileException">It is not a run folder, or a file is missing, damaged, or from another run.</exception>
    /// <exception cref="ModelFileException">The model is missing or damaged.</exception>
    public static RecordedRun Read(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new RunFileException($"{folder}: there is no such folder; {HowToMend}.");
        }

        RunRecord record = RunRecord.Read(folder);
        (ConfigurationFile file, RunConfiguration configuration) = ReadConfiguration(Path.Combine(folder, ResolvedConfiguration.Name));
        RecordedRun run = new(folder, record, file, HistoryReader.Read(Path.Combine(folder, HistoryFile.Name)));
        run.CheckConfiguration(configuration);
        run.CheckEpochs(configuration.Training.Epochs, mayEndEarly: configuration.Training.Patience is not null);
        run.CheckModel(Path.Combine(folder, ModelFile.DefaultName));
        return run;
    }

    private static (ConfigurationFile File, RunConfiguration Configuration) ReadConfiguration(string path)
    {
        try
        {
            ConfigurationFile file = ConfigurationFile.Find(path);
            Dictionary<string, string?> none = [];
            return (file, ConfigurationReader.Read(new ConfigurationSources(file, none, none)));
        }
        catch (ConfigurationException wrong)
        {
            string reason = wrong.Failures[0].Text.TrimEnd('.');
            throw new RunFileException(reason.Contains(path, StringComparison.Ordinal) ? $"{reason}; {HowToMend}." : $"{path}: {reason}; {HowToMend}.", wrong);
        }
    }

    private void CheckConfiguration(RunConfiguration configuration)
    {
        if (Record.ConfigurationSha256 is { } expected && RunIdentities.ConfigurationHashOf(configuration) is var found && found != expected)
        {
            throw Misfit(ResolvedConfiguration.Name, $"is another configuration than the run was trained with, of SHA-256 {found}, expected {expected}");
        }
    }

    /// <summary>Checks the number of epochs in the history against record and configuration; a killed run may have any number.</summary>
    private void CheckEpochs(int configured, bool mayEndEarly)
    {
        int recorded = Record.EndedUtc is null ? EpochHashes.Count : Record.Result.Epochs;
        int expected = IsDone && !mayEndEarly ? configured : recorded;
        if (EpochHashes.Count != expected || (IsDone && !EpochHashes.Contains(Record.Result.WeightsSha256)))
        {
            throw Misfit(HistoryFile.Name, $"has {EpochHashes.Count} epochs, the last with the weights {(EpochHashes is [.., string last] ? last : "none")}, expected {expected} with {Record.Result.WeightsSha256 ?? "none"}");
        }
    }

    private void CheckModel(string path)
    {
        // A killed run may have saved a model that its record does not know yet.
        if (Record.EndedUtc is not null && Record.Result.WeightsSha256 is { } expected && ModelFile.Load(path).WeightsSha256 is var found && found != expected)
        {
            throw Misfit(ModelFile.DefaultName, $"has the weights {found}, expected {expected}");
        }
    }

    private RunFileException Misfit(string name, string what) =>
        new($"{Path.Combine(Folder, name)}: {what} as in {RunRecord.Name}; these are files of different runs.");
}
