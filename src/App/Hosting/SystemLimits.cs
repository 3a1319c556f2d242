using System.Globalization;
using System.Runtime.InteropServices;

namespace ConvNN.App.Hosting;

/// <summary>
/// Looks whether the system allows as many open files and threads as a command needs. If one of them runs out later, the runtime ends
/// the process with nothing but "Out of memory".
/// </summary>
/// <remarks>It uses next to nothing of the framework: each of its libraries that is loaded takes an open file.</remarks>
internal static partial class SystemLimits
{
    private const int OpenFiles = 160;

    // Beside one for each core: those of the pipeline, of the log, and of the runtime's pool, compiler and signals.
    private const int Threads = 8;
    private const int StackBytes = 1 << 16;

    /// <summary>What there is too little of, and how to change that, on one line; null if there is enough.</summary>
    public static string? Shortage() => OperatingSystem.IsWindows() ? null : Files() ?? OfThreads(Threads + Environment.ProcessorCount);

    private static string? Files() => GetLimit(OperatingSystem.IsMacOS() ? 8 : 7, out Limit limit) == 0 && limit.Now < OpenFiles
        ? string.Create(CultureInfo.InvariantCulture, $"the limit of open files is {limit.Now}, and {OpenFiles} are needed; raise it: ulimit -n 1024")
        : null;

    /// <summary>Starts as many threads as will be needed: whether one more may be started cannot be read anywhere.</summary>
    private static string? OfThreads(int needed)
    {
        using ManualResetEventSlim isEnough = new();
        List<Thread> started = [];
        try
        {
            while (started.Count < needed)
            {
                Thread thread = new(isEnough.Wait, StackBytes);
                thread.Start();
                started.Add(thread);
            }

            return null;
        }
        catch (OutOfMemoryException)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"only {started.Count} more threads can be started, and {needed} are needed; raise the limit of processes (ulimit -u, or pids of a container), or end others");
        }
        finally
        {
            isEnough.Set();
            started.ForEach(thread => thread.Join());
        }
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out Limit limit);

    /// <summary>A <c>struct rlimit</c>.</summary>
    private readonly record struct Limit(ulong Now, ulong Most);
}
