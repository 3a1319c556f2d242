using System.Runtime.InteropServices;
using ConvNN.Training.Cluster;

namespace ConvNN.Cluster;

/// <summary>Connects the ranks of a job by MPI. <see cref="Mpi.Start"/> makes one.</summary>
/// <remarks>
/// <para>Collectives are made of sends and receives that do not block. Each rank sends its slices to the others directly, so a wait knows
/// which ranks it is for; a broadcast goes along a tree.</para>
/// <para>After a failure MPI may go on to write where slices should have been received, until the process ends: it should end soon.</para>
/// </remarks>
public sealed unsafe class MpiCommunicator : ICommunicator
{
    private const int CollectiveTag = 0;
    private const int MessageTag = 1;
    private const int Sends = -1;
    private const int NotAborted = int.MinValue;

    // MPICH 4.0.2 with UCX over TCP may never come back: a rank waits for an answer of another, which waits for all in a barrier.
    private static readonly TimeSpan FinalizeWait = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private readonly MpiSession _session;
    private readonly MpiLink _link;
    private readonly MpiMessages _messages;
    private readonly nint* _requests;
    private readonly int[] _others;
    private readonly int[] _lengths;
    private int _pending;
    private int _exitCode = NotAborted;
    private bool _disposed;

    internal MpiCommunicator(MpiSession session, MpiLink link)
    {
        _session = session;
        _link = link;
        _messages = new MpiMessages(link, MessageTag);
        _requests = (nint*)NativeMemory.AllocZeroed((nuint)(2 * link.Size), (nuint)sizeof(nint));
        _others = new int[2 * link.Size];
        _lengths = new int[2 * link.Size];
        Hosts = this.GatherTexts(Environment.MachineName);
    }

    /// <inheritdoc/>
    public int Rank => _link.Rank;

    /// <inheritdoc/>
    public int Size => _link.Size;

    /// <inheritdoc/>
    public TimeSpan Deadline
    {
        get => _link.Deadline;
        set => _link.Deadline = value;
    }

    /// <summary>The library's name and version in short, such as <c>Open MPI 4.1.4</c>.</summary>
    public string Library => _session.Library.Name;

    /// <summary>The host name of each rank.</summary>
    public IReadOnlyList<string> Hosts { get; }

    /// <summary>The name of this host.</summary>
    public string Host => Hosts[Rank];

    /// <summary>The number of ranks on this host.</summary>
    public int RanksOnHost => Hosts.Count(host => host == Host);

    /// <inheritdoc/>
    public void Exchange(ReadOnlySpan<byte> sent, ReadOnlySpan<int> sentLengths, Span<byte> received, ReadOnlySpan<int> receivedLengths)
    {
        CheckLengths(sent.Length, sentLengths);
        CheckLengths(received.Length, receivedLengths);
        if (sentLengths[Rank] != receivedLengths[Rank])
        {
            throw new ArgumentException($"Rank {Rank} sends {sentLengths[Rank]} bytes to itself, and expects {receivedLengths[Rank]}.", nameof(receivedLengths));
        }

        lock (_lock)
        {
            Begin();
            fixed (byte* from = sent, to = received)
            {
                int start = 0;
                for (int other = 0; other < Size; other++)
                {
                    Receive(other, to + start, receivedLengths[other]);
                    start += receivedLengths[other];
                }

                start = 0;
                for (int other = 0; other < Size; other++)
                {
                    Send(other, from + start, sentLengths[other]);
                    start += sentLengths[other];
                }

                sent.Slice(Start(sentLengths), sentLengths[Rank]).CopyTo(received[Start(receivedLengths)..]);
                Complete("in an exchange");
            }
        }
    }

    /// <inheritdoc/>
    public void Gather(Span<byte> all, ReadOnlySpan<int> lengths)
    {
        CheckLengths(all.Length, lengths);
        lock (_lock)
        {
            Begin();
            fixed (byte* slices = all)
            {
                int start = 0;
                for (int other = 0; other < Size; other++)
                {
                    Receive(other, slices + start, lengths[other]);
                    start += lengths[other];
                }

                byte* own = slices + Start(lengths);
                for (int other = 0; other < Size; other++)
                {
                    Send(other, own, lengths[Rank]);
                }

                Complete("in a gather");
            }
        }
    }

    /// <inheritdoc/>
    public void Broadcast(Span<byte> bytes, int root)
    {
        CheckRank(root);
        lock (_lock)
        {
            Begin();
            fixed (byte* all = bytes)
            {
                // A binomial tree: counted from the root, a rank's parent is its number without the lowest bit that is set.
                int place = (Rank - root + Size) % Size;
                int bit = 1;
                for (; bit < Size && (place & bit) == 0; bit <<= 1)
                {
                }

                if (place != 0)
                {
                    Receive((place - bit + root) % Size, all, bytes.Length);
                    Complete("in a broadcast");
                }

                for (bit >>= 1; bit > 0; bit >>= 1)
                {
                    if (place + bit < Size)
                    {
                        Send((place + bit + root) % Size, all, bytes.Length);
                    }
                }

                Complete("in a broadcast");
            }
        }
    }

    /// <inheritdoc/>
    public void Send(int rank, ReadOnlySpan<byte> message)
    {
        CheckRank(rank);
        lock (_lock)
        {
            Begin();
            _messages.Send(rank, message);
        }
    }

    /// <inheritdoc/>
    public byte[]? TryReceive(int rank)
    {
        CheckRank(rank);
        lock (_lock)
        {
            Begin();
            return _messages.TryReceive(rank);
        }
    }

    /// <inheritdoc/>
    public void Abort(int exitCode)
    {
        // A call that waits on another thread gives up at its next look at the clock; whoever made it may want to abort as well, but the first counts.
        Interlocked.CompareExchange(ref _exitCode, exitCode, NotAborted);
        Deadline = TimeSpan.Zero;
        lock (_lock)
        {
            _ = _link.Fail("this rank has ended the job");
            _session.Abort(_exitCode, FinalizeWait);
        }
    }

    /// <summary>
    /// Sends what is not sent yet and takes leave of MPI, which all ranks do at the same time: it waits a few seconds for them. After a
    /// failure or <see cref="Abort"/> it does nothing. A rank that ends by an exception of its own calls <see cref="Abort"/> before: the
    /// others would wait for it.
    /// </summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            if (_link.Failed)
            {
                return;
            }

            try
            {
                Deadline = TimeSpan.FromTicks(Math.Min(Deadline.Ticks, FinalizeWait.Ticks));
                _link.Begin();
                for (_messages.Progress(); _messages.Unsent.Any(); _messages.Progress())
                {
                    if (!_link.Wait())
                    {
                        return;
                    }
                }

                _session.End(FinalizeWait);
            }
            catch (ClusterException)
            {
                // Who disposes has nothing more to say to the others.
            }
        }
    }

    private void Begin()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _link.Begin();
        _messages.Progress();
    }

    private void Receive(int other, byte* bytes, int length)
    {
        if (other != Rank && length > 0)
        {
            Note(other, length);
            _link.Receive(bytes, length, other, CollectiveTag, _requests + _pending++);
        }
    }

    private void Send(int other, byte* bytes, int length)
    {
        if (other != Rank && length > 0)
        {
            Note(other, Sends);
            _link.Send(bytes, length, other, CollectiveTag, _requests + _pending++);
        }
    }

    private void Note(int other, int length)
    {
        _others[_pending] = other;
        _lengths[_pending] = length;
        _requests[_pending] = 0;
    }

    /// <summary>Waits for all requests, one after another: a look at one lets MPI work on all.</summary>
    private void Complete(string purpose)
    {
        for (int done = 0; done < _pending; done++)
        {
            while (!IsDone(done))
            {
                // A process that was stopped may find its time over, and yet all that it waits for.
                if (!_link.Wait() && Silent(done) is { Count: > 0 } silent)
                {
                    throw _link.TooLate(purpose, silent);
                }
            }
        }

        _pending = 0;
    }

    private bool IsDone(int request)
    {
        bool isDone = _lengths[request] == Sends ? _link.Test(_requests + request) : _link.Test(_requests + request, _others[request], _lengths[request]);
        if (isDone)
        {
            // If asked again, MPI says that it is done, but not with how many bytes.
            _lengths[request] = Sends;
        }

        return isDone;
    }

    /// <summary>The ranks whose requests, from one on, are not complete.</summary>
    private List<int> Silent(int first)
    {
        List<int> ranks = [];
        for (int request = first; request < _pending; request++)
        {
            if (!IsDone(request))
            {
                ranks.Add(_others[request]);
            }
        }

        return ranks;
    }

    private int Start(ReadOnlySpan<int> lengths)
    {
        int start = 0;
        foreach (int length in lengths[..Rank])
        {
            start += length;
        }

        return start;
    }

    private void CheckLengths(int total, ReadOnlySpan<int> lengths)
    {
        long sum = 0;
        foreach (int length in lengths)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(length);
            sum += length;
        }

        if (lengths.Length != Size || sum != total)
        {
            throw new ArgumentException($"{lengths.Length} lengths of {sum} bytes in all, where {Size} ranks have slices of {total} bytes.", nameof(lengths));
        }
    }

    private void CheckRank(int rank)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rank);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rank, Size);
    }
}
