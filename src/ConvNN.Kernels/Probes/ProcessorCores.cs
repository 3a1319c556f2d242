using System.Globalization;
using System.Runtime.InteropServices;

namespace ConvNN.Kernels.Probes;

/// <summary>
/// The cores of the processor behind the logical processors that this process may use. Two logical processors of one core
/// (hyperthreads) share its multiply-add units, so a second thread there adds little to a step. On Linux only those count that the
/// process's affinity allows; Windows and macOS tell of all.
/// </summary>
public static partial class ProcessorCores
{
    private const int RelationProcessorCore = 0;

    private static readonly Lazy<int> Counted = new(() =>
        Math.Clamp(
            (OperatingSystem.IsLinux() ? OnLinux("/sys/devices/system/cpu", "/proc/self/status")
                : OperatingSystem.IsWindows() ? OnWindows()
                : OperatingSystem.IsMacOS() ? OnMac()
                : null) ?? int.MaxValue,
            1,
            Environment.ProcessorCount));

    /// <summary>The number of cores; that of logical processors where the system does not tell, or a quota allows fewer.</summary>
    public static int Physical => Counted.Value;

    /// <summary>Counts the cores of the processors that a process may use; null where the system does not tell.</summary>
    /// <param name="processors">The folder with a folder <c>cpu</c><i>N</i> for each logical processor.</param>
    /// <param name="status">The process's status, with the list of processors that its affinity allows.</param>
    internal static int? OnLinux(string processors, string status)
    {
        const string Allowed = "Cpus_allowed_list:";
        try
        {
            // The list may name processors that are not there, where more could be plugged in.
            string list = File.ReadLines(status).First(line => line.StartsWith(Allowed, StringComparison.Ordinal))[Allowed.Length..];
            int cores = Numbers(list).Select(number => Path.Combine(processors, $"cpu{number}", "topology", "thread_siblings_list")).Where(File.Exists)
                .Select(file => File.ReadAllText(file).Trim()).Distinct(StringComparer.Ordinal).Count();
            return cores == 0 ? null : cores;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    // 0-3,8: ranges and single numbers.
    private static IEnumerable<int> Numbers(string list) => list.Split(',').SelectMany(part =>
    {
        int[] ends = [.. part.Split('-').Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
        return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
    });

    /// <summary>Counts the records of the processor's cores; each begins with its kind and its length.</summary>
    private static int? OnWindows()
    {
        uint length = 0;
        _ = GetLogicalProcessorInformationEx(RelationProcessorCore, null, ref length);
        byte[] records = new byte[length];
        if (length == 0 || GetLogicalProcessorInformationEx(RelationProcessorCore, records, ref length) == 0)
        {
            return null;
        }

        int cores = 0;
        for (int offset = 0; offset < length; offset += BitConverter.ToInt32(records, offset + sizeof(int)))
        {
            cores++;
        }

        return cores;
    }

    private static int? OnMac()
    {
        nint length = sizeof(int);
        return SysctlByName("hw.physicalcpu", out int cores, ref length, 0, 0) == 0 ? cores : null;
    }

    [LibraryImport("kernel32")]
    private static partial int GetLogicalProcessorInformationEx(int kind, [Out] byte[]? records, ref uint length);

    [LibraryImport("libc", EntryPoint = "sysctlbyname", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SysctlByName(string name, out int value, ref nint length, nint newValue, nint newLength);
}
