using System.ComponentModel;
using System.Diagnostics;
using ConvNN.Training.Checkpoints;

namespace ConvNN.App.Runs;

/// <summary>The process that trains a run, told from a later one that got the same number.</summary>
/// <param name="Id">Its number.</param>
/// <param name="StartedUtc">When it started; null in a record that does not say.</param>
/// <param name="Host">The machine; null in a record that does not say.</param>
internal sealed record RunProcess(int Id, DateTime? StartedUtc, string? Host)
{
    // Systems derive the time from ticks since boot, so a clock that was set in between moves it a little.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(10);

    /// <summary>This process.</summary>
    public static RunProcess Own { get; } = OfThis();

    /// <summary>
    /// Whether it has certainly ended. The lock of its run tells that across containers, each of which has its own numbers of processes
    /// and name of the machine. On a network disk, locks of other machines may be unknown here, so a process there may still run.
    /// </summary>
    /// <param name="run">The folder of its run.</param>
    public bool IsGone(string run)
    {
        bool isElsewhere = Host is not null && Host != Own.Host;
        return CheckpointStore.IsInUse(Path.Combine(run, CheckpointStore.DefaultName)) is { } isLocked
            ? !isLocked && !(isElsewhere && IsOnNetwork(run))
            : !isElsewhere && HasEnded();
    }

    private bool HasEnded()
    {
        try
        {
            using Process process = Process.GetProcessById(Id);
            return process.HasExited || (StartedUtc is { } started && (process.StartTime.ToUniversalTime() - started).Duration() > Tolerance);
        }
        catch (Exception none) when (none is ArgumentException or InvalidOperationException)
        {
            return true;
        }
        catch (Exception hidden) when (hidden is Win32Exception or NotSupportedException)
        {
            return false;       // another user's
        }
    }

    private static bool IsOnNetwork(string folder)
    {
        try
        {
            string path = Path.GetFullPath(folder);
            return new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(path)! : path).DriveType == DriveType.Network;
        }
        catch (Exception unknown) when (unknown is ArgumentException or IOException or UnauthorizedAccessException)
        {
            return true;        // \\server\share has no drive
        }
    }

    private static RunProcess OfThis()
    {
        using Process process = Process.GetCurrentProcess();
        return new RunProcess(process.Id, process.StartTime.ToUniversalTime(), Environment.MachineName);
    }
}
