using System.Formats.Tar;
using ConvNN.App.Faults;
using ConvNN.App.Log;
using ConvNN.App.Runs;
using ConvNN.Training;
using ConvNN.Training.Checkpoints;

namespace ConvNN.App.Commands.Sweep;

/// <summary>
/// What trials leave in a sweep's folder beside their rows, in <c>trials</c>, named by the first digits of a row's weights: the
/// configuration that trains the row again, <c>acf9c87aea42.json</c>, and the run folder of a trial that is kept, <c>acf9c87aea42</c>.
/// </summary>
/// <param name="folder">The folder of <c>sweep.csv</c>.</param>
/// <param name="log">Where damaged checkpoints are reported.</param>
/// <param name="time">The clock.</param>
internal sealed class SweepTrials(string folder, RunLog log, TimeProvider time)
{
    /// <summary>How many digits of a row's weights name it.</summary>
    public const int Digits = 12;

    private const string Name = "trials";
    private const string Arriving = "-arriving";

    /// <summary>The name of a row, which <c>--train</c> takes.</summary>
    /// <param name="row">A row with weights.</param>
    public static string NameOf(TrialRow row) => row.WeightsSha256![..Digits];

    /// <summary>Whether a run folder is that of a trial: it lies beside its configuration, which has its name.</summary>
    /// <param name="run">The folder.</param>
    public static bool IsTrial(string run)
    {
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(run));
        return Path.GetFileName(Path.GetDirectoryName(path)) == Name && File.Exists(path + ".json");
    }

    /// <summary>The configuration that trains a row again.</summary>
    /// <param name="folder">The folder of <c>sweep.csv</c>.</param>
    /// <param name="row">A row with weights.</param>
    public static string ConfigurationOf(string folder, TrialRow row) => Path.Combine(folder, Name, NameOf(row) + ".json");

    /// <summary>The run folder of a row's trial, if it is kept.</summary>
    /// <param name="row">A row with weights.</param>
    public string RunOf(TrialRow row) => Path.Combine(folder, Name, NameOf(row));

    /// <summary>Whether a row's trial has been kept.</summary>
    /// <param name="row">The row.</param>
    public bool IsKept(TrialRow row) => row.WeightsSha256 is not null && Directory.Exists(RunOf(row));

    /// <summary>Opens the folder of a trial while it trains.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="material">Its data and network.</param>
    /// <param name="trainer">Its trainer.</param>
    /// <param name="mayPause">Whether it keeps a checkpoint of its last epoch.</param>
    public TrialFolder Open(PreparedTrial trial, RunMaterial material, Trainer trainer, bool mayPause) =>
        TrialFolder.Open(Begun(trial), trial.Run, material, trainer, mayPause, log, time);

    /// <summary>
    /// Leaves what a trial that gets its row leaves. Everything is there when the call returns, so that a row that is on the disk has it.
    /// </summary>
    /// <param name="trial">The trial.</param>
    /// <param name="row">Its row.</param>
    /// <param name="isKept">Whether its run folder is kept.</param>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public void Leave(PreparedTrial trial, TrialRow row, bool isKept) => Guarded(() =>
    {
        string begun = Begun(trial);
        if (row.WeightsSha256 is not null)
        {
            Directory.CreateDirectory(Path.Combine(folder, Name));
            ResolvedConfiguration.Write(ConfigurationOf(folder, row), trial.Trial.Run, trial.Data);
        }

        if (isKept && Directory.Exists(begun))
        {
            Delete(Path.Combine(begun, CheckpointStore.DefaultName));
            Delete(RunOf(row));
            Directory.Move(begun, RunOf(row));
        }

        Discard(trial);
    });

    /// <summary>The folder of a trial that trains or has paused, as the bytes of a tar file for another rank; empty if there is none.</summary>
    /// <param name="trial">The trial.</param>
    /// <exception cref="OutputException">It cannot be read.</exception>
    public byte[] Pack(PreparedTrial trial)
    {
        using MemoryStream bytes = new();
        Guarded(() =>
        {
            if (Directory.Exists(Begun(trial)))
            {
                TarFile.CreateFromDirectory(Begun(trial), bytes, includeBaseDirectory: false);
            }
        });
        return bytes.ToArray();
    }

    /// <summary>Puts the folder of a trial from another rank in the place of the one here. It is whole or not there, whenever the process is killed.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="folder">The folder, as <see cref="Pack"/> made it; empty for none.</param>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public void Unpack(PreparedTrial trial, byte[] folder) => Guarded(() =>
    {
        Delete(Begun(trial));
        if (folder.Length > 0)
        {
            string arriving = Begun(trial) + Arriving;
            Delete(arriving);
            Directory.CreateDirectory(arriving);
            TarFile.ExtractToDirectory(new MemoryStream(folder), arriving, overwriteFiles: false);
            Directory.Move(arriving, Begun(trial));
        }
    });

    /// <summary>Removes the folder of a trial that has trained.</summary>
    /// <param name="trial">The trial.</param>
    /// <exception cref="OutputException">It cannot be removed.</exception>
    public void Discard(PreparedTrial trial) => Guarded(() =>
    {
        Delete(Begun(trial));
        Delete(Begun(trial) + Arriving);
    });

    /// <summary>Removes the run folder of a trial that is no longer kept.</summary>
    /// <param name="row">Its row.</param>
    /// <exception cref="OutputException">It cannot be removed.</exception>
    public void Drop(TrialRow row) => Guarded(() => Delete(RunOf(row)));

    // Hidden until it is complete, and found again by a trial that paused.
    private string Begun(PreparedTrial trial) => Path.Combine(folder, $".trial-{trial.Begun.Identity[..Digits]}");

    private static void Delete(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private void Guarded(Action write)
    {
        try
        {
            write();
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            string why = reason.Message.TrimEnd('.');
            throw new OutputException($"{Path.Combine(folder, Name)}: cannot be written: {why}; make room there, or name another folder with --output.", reason);
        }
    }
}
