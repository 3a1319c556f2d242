using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Log;
using ConvNN.App.Output;
using ConvNN.Files;
using ConvNN.Formats;
using ConvNN.Training.Progress;

namespace ConvNN.App.Runs;

/// <summary>The folder of a run's files. The run that creates <c>history.csv</c> in it owns it, so that two runs never share one.</summary>
internal sealed class RunFolder : IDisposable
{
    /// <summary>All files that a run writes, the most interesting ones first.</summary>
    public static readonly IReadOnlyList<string> Names = [ModelFile.DefaultName, ResolvedConfiguration.Name, RunRecord.Name, HistoryFile.Name, StepsFile.Name, TensorBoardFile.FolderName, LogFile.Name];

    private readonly KnownFolder _known;

    private RunFolder(string path, HistoryFile history, bool isResumed = false)
    {
        _known = new KnownFolder(path);
        Path = path;
        History = history;
        IsResumed = isResumed;
    }

    /// <summary>Whether it belongs to a resumed run.</summary>
    public bool IsResumed { get; }

    /// <summary>The folder, as the user would name it.</summary>
    public string Path { get; }

    /// <summary>Whether <see cref="Path"/> still leads to it: it may have been moved, renamed or deleted.</summary>
    public bool IsInPlace => _known.IsInPlace;

    /// <summary>Its <c>history.csv</c>.</summary>
    public HistoryFile History { get; }

    /// <summary>The path of a file in it.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Makes a log write its file to this folder.</summary>
    /// <param name="log">The log.</param>
    /// <exception cref="OutputException">The file cannot be written; the folder is abandoned.</exception>
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

    /// <summary>Opens its <c>steps.csv</c>. A resumed run's has the steps up to its checkpoint.</summary>
    /// <param name="every">The steps to record; 0 for none.</param>
    /// <param name="step">Steps that are finished.</param>
    /// <returns>The file; null for none.</returns>
    /// <exception cref="OutputException">It cannot be written; the folder is abandoned.</exception>
    public StepsFile? OpenSteps(int every, long step)
    {
        try
        {
            if (IsResumed)
            {
                StepsFile.CutAfter(this[StepsFile.Name], step);
            }

            return every == 0 ? null : new StepsFile(this[StepsFile.Name]);
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            Abandon();
            throw Unwritable(Path, reason);
        }
    }

    /// <summary>Creates the folder that the configuration names, or else a new one in <c>runs</c>, named by time and run name.</summary>
    /// <param name="run">The configuration.</param>
    /// <param name="time">The clock and its time zone.</param>
    /// <param name="runs">Where new folders are created.</param>
    /// <param name="createNew">Creates a file that must not exist yet; a test may make it fail.</param>
    /// <exception cref="OutputException">The folder cannot be written, or the given folder already holds a run.</exception>
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

    /// <summary>Opens the folder of a resumed run with its checkpoint's history. The caller must hold the checkpoints' lock.</summary>
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

    /// <summary>Whether a run was killed while creating its first files in a folder, so that a new run may begin there.</summary>
    /// <param name="path">The folder.</param>
    public static bool IsUnbegun(string path) =>
        FileOf(path) == HistoryFile.Name
        && !File.Exists(System.IO.Path.Combine(path, RunRecord.Name))
        && !File.Exists(System.IO.Path.Combine(path, ModelFile.DefaultName))
        && HistoryFile.IsUnbegun(System.IO.Path.Combine(path, HistoryFile.Name));

    /// <summary>Abandons the folder before the run begins. A new run's files are deleted, so that the folder can be used again.</summary>
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
                // The user should hear of the first failure, not of this one.
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => History.Dispose();

    /// <summary>The exception for a file or folder that cannot be written.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="reason">The system's exception.</param>
    public static OutputException Unwritable(string path, Exception reason) =>
        new($"{path}: the run's folder cannot be written: {reason.Message.TrimEnd('.')}; make room there, or name another folder with --output.", reason);

    /// <summary>Takes ownership of the folder; returns null if it holds another run.</summary>
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

        // From here on the folder is ours: a failure now, such as a full disk, is not another run.
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

    /// <summary>The name of a run's file in a folder, or null. Any one counts, since it may be all that is left of another run.</summary>
    private static string? FileOf(string path) =>
        Names.OrderBy(name => name != HistoryFile.Name).FirstOrDefault(name => System.IO.Path.Exists(System.IO.Path.Combine(path, name)));

    private static OutputException Taken(string path)
    {
        string owner = RunRecord.TryRead(path) switch
        {
            { Result.Outcome: ResultRecord.Running } running => $", that of process {running.ProcessId}, which has not ended it",
            { Result.Outcome: ResultRecord.Interrupted } killed => $", that of process {killed.ProcessId}, which was killed; {Invocation.Resuming(path)} resumes it",
            _ => "",
        };
        return new OutputException($"{path}: already holds a run ({FileOf(path) ?? HistoryFile.Name}){owner}; name another folder, or leave Output:Directory out.");
    }
}
