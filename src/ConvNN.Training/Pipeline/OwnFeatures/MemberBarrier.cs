using System.Diagnostics;
using System.Runtime.InteropServices;
using ConvNN.Kernels.Probes;

namespace ConvNN.Training.Pipeline.OwnFeatures;

/// <summary>The barrier at which the members of a step wait for each other between phases: a counter on which they spin, because a phase takes microseconds.</summary>
/// <param name="members">How many there are, each on a thread of its own.</param>
internal sealed class MemberBarrier(int members)
{
    // With a core for each member they arrive within microseconds; after that, another program must be using a core, and yielding helps more.
    private static readonly long SpinTicks = Stopwatch.Frequency * 10 / 1_000_000;

    // Members that share a processor are parted; not again within this time, since another program may hold all others.
    private static readonly long ApartTicks = Stopwatch.Frequency / 100;

    // Numbers of a cache line.
    private const int Line = 16;

    // A member that takes so long is stuck, or its processor slow. Waiting threads then sleep, so that the watchdog can tell.
    private static readonly long YieldTicks = Stopwatch.Frequency;

    // By member, on lines of their own: the processor on which it arrived last.
    private readonly int[] _processors = new int[members * Line];
    private readonly long[] _moved = new long[members * Line];
    private Lines _lines;

    /// <summary>Waits until all members have arrived; afterwards all of them see what any of them wrote before.</summary>
    /// <param name="member">The caller.</param>
    /// <exception cref="StepAbortedException">A member has failed and will not arrive.</exception>
    public void Wait(int member)
    {
        if (Arrive(member, out int meeting))
        {
            Release();
        }
        else
        {
            Await(member, meeting);
        }
    }

    /// <summary>Arrives. The last member to arrive does not wait, and has to <see cref="Release"/> the others, who <see cref="Await"/> it.</summary>
    /// <param name="member">The caller.</param>
    /// <param name="meeting">The number of the meeting.</param>
    /// <returns>Whether it is the last; then it sees what any of the others wrote before.</returns>
    public bool Arrive(int member, out int meeting)
    {
        if (members > 1)
        {
            _processors[member * Line] = ThreadPlacement.Processor;
        }

        meeting = Volatile.Read(ref _lines.Meetings);
        return Interlocked.Increment(ref _lines.Arrived) == members;
    }

    /// <summary>Ends a meeting.</summary>
    public void Release()
    {
        _lines.Arrived = 0;
        Volatile.Write(ref _lines.Meetings, _lines.Meetings + 1);
    }

    /// <summary>Waits until a meeting has ended.</summary>
    /// <param name="member">The caller.</param>
    /// <param name="meeting">Its number.</param>
    /// <exception cref="StepAbortedException">A member has failed and will not arrive.</exception>
    public void Await(int member, int meeting)
    {
        long begin = Stopwatch.GetTimestamp();
        SpinWait idle = default;
        while (Volatile.Read(ref _lines.Meetings) == meeting)
        {
            if (Volatile.Read(ref _lines.IsAborted))
            {
                throw new StepAbortedException();
            }

            long waited = Stopwatch.GetTimestamp() - begin;
            if (waited < SpinTicks)
            {
                Thread.SpinWait(1);
            }
            else if (waited < YieldTicks)
            {
                KeepApart(member);
                Thread.Yield();
            }
            else
            {
                idle.SpinOnce(sleep1Threshold: 0);
            }
        }
    }

    /// <summary>Moves a member that waits from the processor on which another one arrived last: on it they would take turns.</summary>
    private void KeepApart(int member)
    {
        int own = ThreadPlacement.Processor;
        bool isShared = false;
        Span<int> others = stackalloc int[members];
        for (int other = 0; other < members; other++)
        {
            others[other] = other == member ? own : Volatile.Read(ref _processors[other * Line]);
            isShared |= other != member && own >= 0 && others[other] == own;
        }

        long now = Stopwatch.GetTimestamp();
        if (isShared && now - _moved[member * Line] > ApartTicks)
        {
            _moved[member * Line] = now;
            ThreadPlacement.Avoid(others);
            _processors[member * Line] = ThreadPlacement.Processor;
        }
    }

    /// <summary>Ends all waiting, now and later.</summary>
    public void Abort() => Volatile.Write(ref _lines.IsAborted, true);

    // On separate cache lines, so that an arrival does not invalidate the line on which others spin.
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
