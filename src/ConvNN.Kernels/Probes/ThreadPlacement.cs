using System.Runtime.InteropServices;

namespace ConvNN.Kernels.Probes;

/// <summary>
/// Moves a thread to another processor. Linux may leave two busy threads of a process on one processor for seconds while another one is
/// idle, since each ran a moment ago and its cache seems worth more than the idle processor. Other systems give each thread a processor
/// of its own.
/// </summary>
public static partial class ThreadPlacement
{
    // Words of the system's list, for 1,024 processors.
    private const int Words = 16;
    private const int Bits = 64;

    /// <summary>The processor of the calling thread; −1 where threads are not placed.</summary>
    /// <remarks>The framework's own answer may be some thousand calls old.</remarks>
    public static int Processor => OperatingSystem.IsLinux() ? GetProcessor() : -1;

    /// <summary>Moves the calling thread to a processor that others do not use, if it may use one. Afterwards it may use the same processors as before.</summary>
    /// <param name="occupied">The processors that others use.</param>
    /// <returns>Whether it was moved.</returns>
    public static bool Avoid(ReadOnlySpan<int> occupied)
    {
        Span<ulong> allowed = stackalloc ulong[Words], free = stackalloc ulong[Words];
        if (!OperatingSystem.IsLinux() || GetAffinity(0, Words * sizeof(ulong), allowed) != 0)
        {
            return false;
        }

        allowed.CopyTo(free);
        foreach (int processor in occupied)
        {
            if (processor is >= 0 and < Words * Bits)
            {
                free[processor / Bits] &= ~(1UL << (processor % Bits));
            }
        }

        if (free.IndexOfAnyExcept(0UL) < 0 || SetAffinity(0, Words * sizeof(ulong), free) != 0)
        {
            return false;
        }

        _ = SetAffinity(0, Words * sizeof(ulong), allowed);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "sched_getcpu")]
    [SuppressGCTransition]
    private static partial int GetProcessor();

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int thread, nint bytes, Span<ulong> processors);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nint bytes, ReadOnlySpan<ulong> processors);
}
