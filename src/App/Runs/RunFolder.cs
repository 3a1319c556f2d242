using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Log;
using ConvNN.Formats;
using ConvNN.Formats.Files;
using ConvNN.Training.Progress;

namespace ConvNN.App.Runs;

/// <summary>The folder that a run writes into. Whoever creates <c>history.csv</c> in it owns it, so that no two runs ever share one.</summary>
internal sealed class RunFolder : IDisposable
{
    /// <summary>All files that a run writes, in the order in which people look at them.</summary>
    public static readonly IReadOnlyList<string> Names = [ModelFile.DefaultName, ResolvedConfiguration.Name, RunRecord.Name, HistoryFile.Name, LogFile.Name];

    private RunFolder(string path, HistoryFile history, bool isResumed = false)
    {
        Path = path;
        History = history;
        IsResumed = isResumed;
    }

    /// <summary>Whether a run goes on in it.</summary>
    public bool IsResumed { get; }

    /// <summary>The folder, as the user would name it.</summary>
    public string Path { get; }

    /// <summary>Its <c>history.csv</c>.</summary>
    public HistoryFile History { get; }

    /// <summary>The path of a file in it.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Has a log write its file here.</summary>
    /// <param name="log">The log.</param>
    /// <exception cref="OutputException">The file cannot be written; the folder is given up.</exception>
    public void OpenLog(RunLog log)
    {
        try
        {
            log.OpenFile(this[LogFile.Name], IsResumed);
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            Abandon();
            throw Unwritable(Path, reason);
        }
    }

    /// <summary>Creates the folder that the configuration names, or else a new one below <c>runs</c>, called by time and name.</summary>
    /// <param name="run">The configuration.</param>
    /// <param name="time">The clock and its time zone.</param>
    /// <param name="runs">Where new folders are created.</param>
    /// <param name="createNew">Creates a file that must not exist yet; a test may let it fail.</param>
    /// <exception cref="OutputException">The folder cannot be written, or was given and already holds a run.</exception>
    public static RunFolder Create(RunConfiguration run, TimeProvider time, string runs = "runs", Func<string, FileStream>? createNew = null)
    {
        createNew ??= HistoryFile.CreateNew;
        if (run.Output.Directory is { } given)
        {
            return TryCreate(given, createNew) ?? throw Taken(given);
        }

        string stem = time.GetLocalNow().ToString("yyyyMMdd-HHmmss") + "-" + run.Name;
        for (int number = 1; ; number++)
        {
            string name = number == 1 ? stem : $"{stem}-{number}";
            if (TryCreate(System.IO.Path.Combine(runs, name), createNew) is { } folder)
            {
                return folder;
            }
        }
    }

    /// <summary>The folder of a run that goes on, with the history that its checkpoint knows. Whoever calls this holds the run's checkpoints.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="epochs">The finished epochs.</param>
    /// <exception cref="OutputException">The folder cannot be written.</exception>
    public static RunFolder Resume(string path, IEnumerable<EpochResult> epochs)
    {
        try
        {
            AtomicFile.RemoveStrays(path);
            return new RunFolder(path, HistoryFile.Resume(System.IO.Path.Combine(path, HistoryFile.Name), epochs), isResumed: true);
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(path, reason);
        }
    }

    /// <summary>Whether a run was killed while it made its first files in a folder, so that nothing is lost where another begins there.</summary>
    /// <param name="path">The folder.</param>
    public static bool IsUnbegun(string path) =>
        FileOf(path) == HistoryFile.Name
        && !File.Exists(System.IO.Path.Combine(path, RunRecord.Name))
        && !File.Exists(System.IO.Path.Combine(path, ModelFile.DefaultName))
        && HistoryFile.IsUnbegun(System.IO.Path.Combine(path, HistoryFile.Name));

    /// <summary>Gives the folder up before the run has begun: takes out what was written, so that it can be given again. That of a run that goes on stays as it is.</summary>
    public void Abandon()
    {
        History.Dispose();
        foreach (string name in IsResumed ? [] : Names)
        {
            try
            {
                File.Delete(this[name]);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // What has just failed is what the user hears of.
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => History.Dispose();

    /// <summary>What to say when something in the folder cannot be written.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="reason">What the system said.</param>
    public static OutputException Unwritable(string path, Exception reason) =>
        new($"{path}: the run's folder cannot be written: {reason.Message.TrimEnd('.')}; make room there, or name another folder with --output.", reason);

    /// <summary>Makes the folder ours, or returns null when it is somebody else's.</summary>
    private static RunFolder? TryCreate(string path, Func<string, FileStream> createNew)
    {
        string history = System.IO.Path.Combine(path, HistoryFile.Name);
        FileStream stream;
        try
        {
            Directory.CreateDirectory(path);
            if (FileOf(path) is not null)
            {
                return null;
            }

            stream = createNew(history);
        }
        catch (IOException) when (File.Exists(history))
        {
            return null;
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(path, reason);
        }

        // From here on the folder is ours: what fails now, a full disk for example, is no other run.
        RunFolder folder = new(path, new HistoryFile(stream));
        try
        {
            folder.History.Begin();
            return folder;
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            folder.Abandon();
            throw Unwritable(path, reason);
        }
    }

    /// <summary>A file of a run that is in a folder, or null. What a run would replace may be all that is left of another.</summary>
    private static string? FileOf(string path) =>
        Names.OrderBy(name => name != HistoryFile.Name).FirstOrDefault(name => System.IO.Path.Exists(System.IO.Path.Combine(path, name)));

    private static OutputException Taken(string path)
    {
        string owner = RunRecord.TryRead(path) is { EndedUtc: null } running
            ? $", that of process {running.ProcessId}, which has not ended it"
            : "";
        return new OutputException($"{path}: already holds a run ({FileOf(path) ?? HistoryFile.Name}){owner}; name another folder, or leave Output:Directory out.");
    }
}
