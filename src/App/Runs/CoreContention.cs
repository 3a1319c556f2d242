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
        TimeSpan[] waited = [.. Waited()];
        bool isOurs = Environment.CpuUsage.TotalTime - _used >= AllCores * Environment.ProcessorCount * elapsed;
        Share = isOurs || waited.Length == 0 ? 0 : Math.Clamp(waited.Average(time => time / elapsed), 0, 1);
    }

    /// <summary>How long each worker thread was runnable but had no core; empty where this cannot be read.</summary>
    internal IReadOnlyList<TimeSpan> Waited()
    {
        try
        {
            return OperatingSystem.IsLinux() ? [.. Directory.EnumerateDirectories(tasks).Select(WaitedBy).OfType<TimeSpan>()] : [];
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // schedstat has the ns on a core, the ns waiting for one, and the number of time slices.
    private static TimeSpan? WaitedBy(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).StartsWith(WorkerThread, StringComparison.Ordinal)
                && File.ReadAllText(Path.Combine(task, "schedstat")).Split(' ') is [_, string waited, _]
                && long.TryParse(waited, NumberStyles.None, null, out long nanoseconds)
                    ? TimeSpan.FromMicroseconds(nanoseconds / 1000)
                    : null;
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            return null;        // a thread that has just ended
        }
    }
}
