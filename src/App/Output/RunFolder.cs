using System.Globalization;
using ConvNN.App.Configuration;

namespace ConvNN.App.Output;

/// <summary>The folder that a run writes into. Whoever creates <c>history.csv</c> in it owns it, so that no two runs ever share one.</summary>
internal sealed class RunFolder : IDisposable
{
    private RunFolder(string path, HistoryFile history)
    {
        Path = path;
        History = history;
    }

    /// <summary>The folder, as the user would name it.</summary>
    public string Path { get; }

    /// <summary>Its <c>history.csv</c>.</summary>
    public HistoryFile History { get; }

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
            return TryCreate(given, createNew)
                ?? throw new OutputException($"{given}: already holds a run ({HistoryFile.Name}); name another folder, or leave Output:Directory out.");
        }

        string stem = time.GetLocalNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture) + "-" + run.Name;
        for (int number = 1; ; number++)
        {
            string name = number == 1 ? stem : string.Create(CultureInfo.InvariantCulture, $"{stem}-{number}");
            if (TryCreate(System.IO.Path.Combine(runs, name), createNew) is { } folder)
            {
                return folder;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => History.Dispose();

    /// <summary>Makes the folder ours, or returns null when it is somebody else's.</summary>
    private static RunFolder? TryCreate(string path, Func<string, FileStream> createNew)
    {
        string history = System.IO.Path.Combine(path, HistoryFile.Name);
        FileStream stream;
        try
        {
            Directory.CreateDirectory(path);
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
        HistoryFile file = new(stream);
        try
        {
            file.Begin();
            return new RunFolder(path, file);
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            file.Dispose();
            File.Delete(history);
            throw Unwritable(path, reason);
        }
    }

    private static OutputException Unwritable(string path, Exception reason) =>
        new($"{path}: the run's folder cannot be written: {reason.Message}", reason);
}
