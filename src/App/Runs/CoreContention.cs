using System.Diagnostics;
using System.Globalization;

namespace ConvNN.App.Runs;

/// <summary>Whether other programs had the cores while a run had work for them, as Linux tells of its threads; other systems do not.</summary>
/// <param name="tasks">A folder with one for each thread of the process.</param>
internal sealed class CoreContention(string tasks = "/proc/self/task")
{
    // How the names of a pipeline's threads begin, in the 15 letters that Linux keeps of them.
    private const string WorkerThread = "convnn worker";

    // With nearly all cores at work for this program, threads that wait for one wait for it.
    private const double AllCores = 0.8;

    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly TimeSpan _used = Environment.CpuUsage.TotalTime;

    /// <summary>The share of their time that threads with work stood without a core, because others had it; 0 where nobody tells.</summary>
    public double Share { get; private set; }

    /// <summary>Looks at the threads; they tell nothing any more when the run has ended.</summary>
    public void Look()
    {
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_began);
        TimeSpan[] waited = [.. Waited()];
        bool isOurs = Environment.CpuUsage.TotalTime - _used >= AllCores * Environment.ProcessorCount * elapsed;
        Share = isOurs || waited.Length == 0 ? 0 : Math.Clamp(waited.Average(time => time / elapsed), 0, 1);
    }

    /// <summary>How long each thread that computes was ready to run and had no core; none where that cannot be read.</summary>
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

    // schedstat has ns on a core, ns ready without one, and turns.
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
