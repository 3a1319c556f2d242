using ConvNN.App.Configuration;
using ConvNN.App.Output;
using ConvNN.Formats;
using ConvNN.Formats.SafeTensors;
using ConvNN.Model.Options;
using ConvNN.Training.Checkpoints;

namespace ConvNN.App.Runs;

/// <summary>The location of a model: a file on its own, a run's model, or a checkpoint's model.</summary>
/// <param name="Path">The file.</param>
/// <param name="Run">The folder of its run; null for a file outside a run.</param>
internal sealed record ModelLocation(string Path, string? Run)
{
    /// <summary>The default folder of runs.</summary>
    public const string Runs = "runs";

    /// <summary>Finds a model.</summary>
    /// <param name="given">A model file, or the folder of a run or checkpoint; null for the newest run in <c>runs</c>.</param>
    /// <exception cref="ModelFileException">There is none.</exception>
    public static ModelLocation Find(string? given)
    {
        string path = given is null ? NewestRun() : CheckpointStore.Follow(given);
        string file = Directory.Exists(path) ? System.IO.Path.Combine(path, ModelFile.DefaultName) : path;
        if (!File.Exists(file))
        {
            throw new ModelFileException(file == path
                ? $"{path}: there is no such file; name a model, or the folder of a run."
                : $"{path}: has no {ModelFile.DefaultName}; name the folder of a run that has finished an epoch.");
        }

        string folder = System.IO.Path.GetDirectoryName(file) is { Length: > 0 } own ? own : ".";
        string[] candidates = [folder, System.IO.Path.Combine(folder, "..", "..")];
        return new ModelLocation(file, candidates.FirstOrDefault(candidate => File.Exists(System.IO.Path.Combine(candidate, ResolvedConfiguration.Name))));
    }

    /// <summary>The configuration of its run, which tells its dataset; null if none can be read.</summary>
    public ConfigurationFile? Configuration()
    {
        try
        {
            return Run is null ? null : ConfigurationFile.Find(System.IO.Path.Combine(Run, ResolvedConfiguration.Name));
        }
        catch (ConfigurationException)
        {
            return null;
        }
    }

    /// <summary>The run folders in a folder, newest first.</summary>
    public static IReadOnlyList<string> RunsIn(string folder) => Directory.Exists(folder)
        ? [.. Directory.EnumerateDirectories(folder)
            .Where(HasRecord)
            .OrderByDescending(run => RunRecord.TryRead(run)?.StartedUtc ?? DateTime.MinValue)
            .ThenByDescending(run => run, StringComparer.Ordinal)]
        : [];

    /// <summary>The runs in a folder and in its folders, by name, except for damaged ones; none in the folder of a run.</summary>
    public static IReadOnlyList<string> RunsUnder(string folder) => !Directory.Exists(folder) || HasRecord(folder) ? []
        : [.. Directory.EnumerateDirectories(folder).Prepend(folder).SelectMany(RunsIn).Where(run => RunRecord.TryRead(run) is not null).Order(StringComparer.Ordinal)];

    /// <summary>Whether a folder has a run's record, of whatever kind; one that may not be looked into may have it.</summary>
    private static bool HasRecord(string folder)
    {
        try
        {
            _ = File.GetAttributes(System.IO.Path.Combine(folder, RunRecord.Name));
            return true;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static string NewestRun() =>
        RunsIn(Runs).FirstOrDefault(run => File.Exists(System.IO.Path.Combine(run, ModelFile.DefaultName)))
            ?? throw new ModelFileException($"{Runs}: holds no run with a model; name a model or a run, or train one: {Invocation.Of("train")}");
}
