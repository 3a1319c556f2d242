using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using ConvNN.Training.Cluster;

namespace ConvNN.Cluster;

/// <summary>
/// What collectives and messages share: a communicator of MPI of our own, waiting with a deadline, and failures, of which the first one
/// ends all use. One call at a time.
/// </summary>
internal sealed unsafe class MpiLink
{
    // Two ranks that compute equally long meet within microseconds; each wait begins awake.
    private static readonly TimeSpan Spinning = TimeSpan.FromMicroseconds(20);
    private static readonly TimeSpan Yielding = TimeSpan.FromMilliseconds(2);

    private readonly MpiLibrary _library;
    private readonly void* _status = NativeMemory.AllocZeroed(MpiLibrary.StatusLength);
    private readonly nint _communicator;
    private long _deadline;
    private long _begin;
    private string? _failure;

    /// <summary>Makes a communicator of all ranks, which all do at the same time.</summary>
    /// <param name="library">The library, initialized.</param>
    /// <param name="rank">This process, from 0.</param>
    /// <param name="size">The number of ranks.</param>
    /// <param name="deadline">The longest that a call waits.</param>
    /// <exception cref="ClusterException">Other ranks did not answer in time.</exception>
    public MpiLink(MpiLibrary library, int rank, int size, TimeSpan deadline)
    {
        _library = library;
        Rank = rank;
        Size = size;
        Deadline = deadline;
        Begin();
        Check(library.ReturnErrors(), "MPI_Comm_set_errhandler");

        // Native memory: MPI writes to it whenever the call is complete, even after a failure.
        nint* cells = (nint*)NativeMemory.AllocZeroed(2, MpiLibrary.StatusLength);
        Check(library.Duplicate(cells, cells + 1), "MPI_Comm_idup");
        while (!Test(cells + 1))
        {
            if (!Wait())
            {
                throw TooLate("at the start", []);
            }
        }

        _communicator = cells[0];
        NativeMemory.Free(cells);
    }

    /// <summary>This process, from 0.</summary>
    public int Rank { get; }

    /// <summary>The number of ranks.</summary>
    public int Size { get; }

    /// <summary>The longest that a call waits. It is read anew while a call waits, so any thread may shorten the wait.</summary>
    public TimeSpan Deadline
    {
        get => new(Interlocked.Read(ref _deadline));
        set => Interlocked.Exchange(ref _deadline, value.Ticks);
    }

    /// <summary>A call has failed, so that nothing is known of the other ranks any more.</summary>
    public bool Failed => _failure is not null;

    /// <summary>Begins a call, whose waits are counted from here.</summary>
    /// <exception cref="ClusterException">An earlier call failed.</exception>
    public void Begin()
    {
        if (_failure is not null)
        {
            throw new ClusterException(_failure);
        }

        _begin = Stopwatch.GetTimestamp();
    }

    /// <summary>Begins to send bytes, which stay where they are until <see cref="Test(nint*)"/> says that they are sent.</summary>
    public void Send(byte* bytes, int length, int rank, int tag, nint* request) => Check(_library.Send(bytes, length, rank, tag, _communicator, request), "MPI_Isend");

    /// <summary>Begins to receive bytes, whose place stays where it is until <see cref="Test(nint*)"/> says that they are there.</summary>
    public void Receive(byte* bytes, int length, int rank, int tag, nint* request) => Check(_library.Receive(bytes, length, rank, tag, _communicator, request), "MPI_Irecv");

    /// <summary>Tells whether a request is complete, and lets MPI work on all of them.</summary>
    /// <param name="request">The request.</param>
    public bool Test(nint* request)
    {
        int done = 0;
        Check(_library.Test(request, &done, _status), "MPI_Test");
        return done != 0;
    }

    /// <summary>Tells as <see cref="Test(nint*)"/> does whether bytes were received, and checks their number.</summary>
    /// <param name="request">The request.</param>
    /// <param name="rank">The other rank.</param>
    /// <param name="length">The bytes that it has to send.</param>
    public bool Test(nint* request, int rank, int length)
    {
        int done = 0;
        int code = _library.Test(request, &done, _status);
        if (code != 0)
        {
            throw Fail($"rank {rank} did not send the {length} bytes that were expected, because it does something else or the connection failed: {_library.ErrorText(code)}");
        }

        return done != 0 && (Count() is int sent && sent != length
            ? throw Fail($"rank {rank} sent {sent} bytes where {length} were expected: it does something else than this rank")
            : true);
    }

    /// <summary>Finds a message that has begun to arrive.</summary>
    /// <returns>Its length in bytes; null if there is none.</returns>
    public int? Probe(int rank, int tag)
    {
        int found = 0;
        Check(_library.Probe(rank, tag, _communicator, &found, _status), "MPI_Iprobe");
        return found != 0 ? Count() : null;
    }

    /// <summary>Passes the time until the next <see cref="Test(nint*)"/>: at first awake, then with the core for others, then asleep, for a twentieth of the time waited.</summary>
    /// <returns>Whether the deadline is still to come.</returns>
    public bool Wait()
    {
        TimeSpan waited = Stopwatch.GetElapsedTime(_begin);
        if (waited < Spinning)
        {
            Thread.SpinWait(1);
        }
        else if (waited < Yielding)
        {
            Thread.Yield();
        }
        else
        {
            _ = Libc.Sleep((uint)Math.Min(waited.TotalMicroseconds / 20, 1000));
        }

        return waited < Deadline;
    }

    /// <summary>Fails because the deadline is over.</summary>
    /// <param name="purpose">What was waited for.</param>
    /// <param name="others">The ranks that were waited for; none for all.</param>
    /// <returns>What to throw.</returns>
    public ClusterException TooLate(string purpose, IEnumerable<int> others)
    {
        int[] silent = [.. others.Distinct().Order()];
        string whom = silent.Length == 0 ? "the other ranks" : $"{(silent.Length == 1 ? "rank" : "ranks")} {string.Join(", ", silent)}";
        string seconds = Stopwatch.GetElapsedTime(_begin).TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
        return Fail(Deadline <= TimeSpan.Zero
            ? $"gave up to wait for {whom} {purpose} after {seconds} s"
            : $"{whom} did not answer within {seconds} s {purpose}; a process hangs, was stopped or has no network: its host and its log tell more");
    }

    /// <summary>Makes the communicator unusable.</summary>
    /// <param name="reason">What happened.</param>
    /// <returns>What to throw.</returns>
    public ClusterException Fail(string reason)
    {
        _failure = $"rank {Rank} of {Size}: {reason}";
        return new ClusterException(_failure);
    }

    private int Count()
    {
        int length = 0;
        Check(_library.Count(_status, &length), "MPI_Get_count");
        return length;
    }

    private void Check(int code, string call)
    {
        if (code != 0)
        {
            throw Fail($"{call} failed: {_library.ErrorText(code)}");
        }
    }
}
