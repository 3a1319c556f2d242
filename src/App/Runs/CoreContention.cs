using System.Diagnostics;
using System.Globalization;

namespace ConvNN.App.Runs;

/// <summary>Measures how much other programs kept a run's threads off the cores. Only Linux reports it.</summary>
/// <param name="tasks">A folder with a subfolder for each thread of the process.</param>
internal sealed class CoreContention(string tasks = "/proc/self/task")
{
    // The prefix of the names of a pipeline's threads; Linux keeps only 15 characters of a name.
    private const string WorkerThread = "convnn worker";

    // If this program keeps nearly all cores busy, its threads wait for each other.
    private const double AllCores = 0.8;

    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly TimeSpan _used = Environment.CpuUsage.TotalTime;

    /// <summary>The share of the time that runnable threads waited for a core that other programs had; 0 where unknown.</summary>
    public double Share { get; private set; }

    /// <summary>Updates <see cref="Share"/>; call it before the run ends, while the threads still exist.</summary>
    public void Look()
    {
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_began);
        IReadOnlyList<(TimeSpan Ran, TimeSpan Waited)> threads = Threads();
        bool isOurs = Environment.CpuUsage.TotalTime - _used >= AllCores * Environment.ProcessorCount * elapsed;

        // Threads of a number that was only tried neither ran nor waited for long.
        double waited = threads.Sum(thread => thread.Waited.TotalSeconds), ran = threads.Sum(thread => thread.Ran.TotalSeconds);
        Share = isOurs || waited == 0 ? 0 : waited / (waited + ran);
    }

    /// <summary>How long each worker thread had a core, and how long it was runnable but had none; empty where this cannot be read.</summary>
    internal IReadOnlyList<(TimeSpan Ran, TimeSpan Waited)> Threads()
    {
        try
        {
            return OperatingSystem.IsLinux() ? [.. Directory.EnumerateDirectories(tasks).Select(TimesOf).OfType<(TimeSpan, TimeSpan)>()] : [];
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // schedstat has the ns on a core, the ns waiting for one, and the number of time slices.
    private static (TimeSpan Ran, TimeSpan Waited)? TimesOf(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).StartsWith(WorkerThread, StringComparison.Ordinal)
                && File.ReadAllText(Path.Combine(task, "schedstat")).Split(' ') is [string ran, string waited, _]
                && long.TryParse(ran, NumberStyles.None, null, out long running)
                && long.TryParse(waited, NumberStyles.None, null, out long waiting)
                    ? (TimeSpan.FromMicroseconds(running / 1000), TimeSpan.FromMicroseconds(waiting / 1000))
                    : null;
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            return null;        // a thread that has just ended
        }
    }
}
