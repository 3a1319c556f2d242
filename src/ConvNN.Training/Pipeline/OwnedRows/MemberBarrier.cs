using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ConvNN.Training.Pipeline.OwnedRows;

/// <summary>Where the members of a step wait for each other between its phases: a counter that they spin on, since a phase takes microseconds.</summary>
/// <param name="members">How many there are, each on a thread of its own.</param>
internal sealed class MemberBarrier(int members)
{
    // With a core for each member they meet within microseconds; beyond that something else has a core, and turns help more.
    private static readonly long SpinTicks = Stopwatch.Frequency * 10 / 1_000_000;

    private Lines _lines;

    /// <summary>Waits until all members are here; what any wrote before is seen by all behind.</summary>
    /// <exception cref="StepAbortedException">A member will not come.</exception>
    public void Wait()
    {
        int meeting = Volatile.Read(ref _lines.Meetings);
        if (Interlocked.Increment(ref _lines.Arrived) == members)
        {
            _lines.Arrived = 0;
            Volatile.Write(ref _lines.Meetings, meeting + 1);
            return;
        }

        long begin = Stopwatch.GetTimestamp();
        while (Volatile.Read(ref _lines.Meetings) == meeting)
        {
            if (Volatile.Read(ref _lines.IsAborted))
            {
                throw new StepAbortedException();
            }

            if (Stopwatch.GetTimestamp() - begin < SpinTicks)
            {
                Thread.SpinWait(1);
            }
            else
            {
                Thread.Yield();
            }
        }
    }

    /// <summary>Ends all waiting, now and later.</summary>
    public void Abort() => Volatile.Write(ref _lines.IsAborted, true);

    // Apart, so that an arrival does not take the line that others look at from them.
    [StructLayout(LayoutKind.Explicit, Size = 320)]
    private struct Lines
    {
        [FieldOffset(64)]
        public int Arrived;

        [FieldOffset(192)]
        public int Meetings;

        [FieldOffset(256)]
        public bool IsAborted;
    }
}
