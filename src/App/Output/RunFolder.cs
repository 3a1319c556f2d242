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
    /// <exception cref="OutputException">The folder cannot be written, or was given and already holds a run.</exception>
    public static RunFolder Create(RunConfiguration run, TimeProvider time, string runs = "runs")
    {
        if (run.Output.Directory is { } given)
        {
            return TryCreate(given)
                ?? throw new OutputException($"{given}: already holds a run ({HistoryFile.Name}); name another folder, or leave Output:Directory out.");
        }

        string stem = time.GetLocalNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture) + "-" + run.Name;
        for (int number = 1; ; number++)
        {
            string name = number == 1 ? stem : string.Create(CultureInfo.InvariantCulture, $"{stem}-{number}");
            if (TryCreate(System.IO.Path.Combine(runs, name)) is { } folder)
            {
                return folder;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => History.Dispose();

    private static RunFolder? TryCreate(string path)
    {
        string history = System.IO.Path.Combine(path, HistoryFile.Name);
        try
        {
            Directory.CreateDirectory(path);
            return new RunFolder(path, HistoryFile.Create(history));
        }
        catch (IOException) when (File.Exists(history))
        {
            return null;
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            throw new OutputException($"{path}: the run's folder cannot be written: {reason.Message}", reason);
        }
    }
}
