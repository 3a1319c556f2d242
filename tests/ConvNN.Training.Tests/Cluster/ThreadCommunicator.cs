using System.Collections.Concurrent;
using System.Diagnostics;
using ConvNN.Training.Cluster;

namespace ConvNN.Tests.Cluster;

/// <summary>
/// A job of ranks in one process, a thread each: keeps the rules of <see cref="ICommunicator"/> without MPI, so that everything that
/// ranks do can be tested anywhere. It may be slow, deliver in any order, and lose a rank.
/// </summary>
internal sealed class ThreadJob
{
    private readonly ConcurrentDictionary<(int From, int To, long Call), byte[]> _collective = new();
    private readonly ConcurrentQueue<byte[]>[,] _messages;

    /// <summary>Creates a job.</summary>
    /// <param name="size">The number of ranks.</param>
    /// <param name="delays">Each call waits a random time before it sends, so ranks arrive in any order: the seed of these times; 0 for none.</param>
    public ThreadJob(int size, int delays = 0)
    {
        _messages = new ConcurrentQueue<byte[]>[size, size];
        for (int from = 0; from < size; from++)
        {
            for (int to = 0; to < size; to++)
            {
                _messages[from, to] = new();
            }
        }

        Ranks = [.. Enumerable.Range(0, size).Select(rank => new ThreadCommunicator(this, rank, size, delays))];
    }

    /// <summary>The communicators, one for each rank.</summary>
    public IReadOnlyList<ThreadCommunicator> Ranks { get; }

    /// <summary>The exit code with which a rank has ended the job; null if none has.</summary>
    public int? Aborted { get; private set; }

    /// <summary>Runs something on a thread for each rank, and returns what they returned.</summary>
    /// <typeparam name="T">What they return.</typeparam>
    /// <param name="run">What a rank does.</param>
    public T[] Run<T>(Func<ICommunicator, T> run)
    {
        Task<T>[] ranks = [.. Ranks.Select(rank => Task.Factory.StartNew(() => run(rank), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        Task.WhenAll(ranks).GetAwaiter().GetResult();
        return [.. ranks.Select(rank => rank.Result)];
    }


    internal void Abort(int exitCode) => Aborted ??= exitCode;

    internal void Put(int from, int to, long call, ReadOnlySpan<byte> bytes) => _collective[(from, to, call)] = bytes.ToArray();

    internal byte[] Take(int from, int to, long call, Func<TimeSpan> deadline)
    {
        long begin = Stopwatch.GetTimestamp();
        SpinWait spin = default;
        while (true)
        {
            if (_collective.TryRemove((from, to, call), out byte[]? bytes))
            {
                return bytes;
            }

            TimeSpan waited = Stopwatch.GetElapsedTime(begin);
            if (waited > deadline() || Aborted is not null)
            {
                throw new ClusterException($"rank {from} did not answer rank {to} within {waited.TotalSeconds:0.#} s");
            }

            spin.SpinOnce(sleep1Threshold: 200);
        }
    }

    internal ConcurrentQueue<byte[]> Messages(int from, int to) => _messages[from, to];
}

/// <summary>One rank of a <see cref="ThreadJob"/>.</summary>
internal sealed class ThreadCommunicator(ThreadJob job, int rank, int size, int delays) : ICommunicator
{
    private readonly Random? _delay = delays == 0 ? null : new Random((delays * 31) + rank);
    private long _calls;
    private long _deadline = TimeSpan.FromSeconds(30).Ticks;
    private ClusterException? _failure;

    public int Rank => rank;

    public int Size => size;

    public TimeSpan Deadline
    {
        get => new(Interlocked.Read(ref _deadline));
        set => Interlocked.Exchange(ref _deadline, value.Ticks);
    }

    /// <summary>The call, from 1, at which the rank fails, as if its process had died; 0 for none.</summary>
    public long FailsAt { get; set; }

    /// <summary>Called at the beginning of each collective with its number, from 1.</summary>
    public Action<long>? OnCall { get; set; }

    /// <summary>The collectives so far.</summary>
    public long Calls => Interlocked.Read(ref _calls);

    /// <summary>Bytes that the rank has sent to others.</summary>
    public long BytesSent { get; private set; }

    public void Exchange(ReadOnlySpan<byte> sent, ReadOnlySpan<int> sentLengths, Span<byte> received, ReadOnlySpan<int> receivedLengths)
    {
        List<(int Rank, int Start)> sentStarts = Starts(sentLengths, sent.Length);
        List<(int Rank, int Start)> receivedStarts = Starts(receivedLengths, received.Length);
        long call = Begin();
        foreach ((int to, int start) in sentStarts)
        {
            Put(to, call, sent.Slice(start, sentLengths[to]));
        }

        foreach ((int from, int start) in receivedStarts)
        {
            Take(from, call, received.Slice(start, receivedLengths[from]));
        }
    }

    public void Gather(Span<byte> all, ReadOnlySpan<int> lengths)
    {
        List<(int Rank, int Start)> starts = Starts(lengths, all.Length);
        long call = Begin();
        foreach ((int to, _) in starts)
        {
            Put(to, call, all.Slice(starts[rank].Start, lengths[rank]));
        }

        foreach ((int from, int start) in starts)
        {
            Take(from, call, all.Slice(start, lengths[from]));
        }
    }

    public void Broadcast(Span<byte> bytes, int root)
    {
        CheckRank(root);
        long call = Begin();
        for (int to = 0; to < size && rank == root; to++)
        {
            Put(to, call, bytes);
        }

        Take(root, call, bytes);
    }

    public void Send(int to, ReadOnlySpan<byte> message) => Messages(rank, to).Enqueue(message.ToArray());

    public byte[]? TryReceive(int from) => Messages(from, rank).TryDequeue(out byte[]? message) ? message : null;

    public void Abort(int exitCode) => job.Abort(exitCode);

    public void Dispose()
    {
    }

    private List<(int Rank, int Start)> Starts(ReadOnlySpan<int> lengths, int total)
    {
        List<(int, int)> starts = [];
        int start = 0;
        for (int other = 0; other < lengths.Length; other++)
        {
            starts.Add((other, start));
            start += lengths[other];
        }

        return lengths.Length == size && start == total ? starts : throw new ArgumentException($"{lengths.Length} lengths of {start} bytes in all, where {size} ranks have slices of {total} bytes.", nameof(lengths));
    }

    private ConcurrentQueue<byte[]> Messages(int from, int to)
    {
        CheckRank(from);
        CheckRank(to);
        ThrowAfterFailure();
        return job.Messages(from, to);
    }

    private void CheckRank(int other) => ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)other, (uint)size, nameof(other));

    private void ThrowAfterFailure()
    {
        if (_failure is not null)
        {
            throw new ClusterException(_failure.Message);
        }
    }

    private long Begin()
    {
        ThrowAfterFailure();
        long call = Interlocked.Increment(ref _calls);
        if (_delay is not null)
        {
            Thread.Sleep(TimeSpan.FromMilliseconds(_delay.NextDouble() * 2));
        }

        OnCall?.Invoke(call);
        if (call == FailsAt)
        {
            job.Abort(1);
            throw _failure = new ClusterException($"rank {rank} has failed");
        }

        return call;
    }

    private void Put(int to, long call, ReadOnlySpan<byte> bytes)
    {
        BytesSent += to == rank ? 0 : bytes.Length;
        job.Put(rank, to, call, bytes);
    }

    private void Take(int from, long call, Span<byte> bytes)
    {
        byte[] sent;
        try
        {
            sent = job.Take(from, rank, call, () => Deadline);
        }
        catch (ClusterException exception)
        {
            _failure = exception;
            throw;
        }

        if (sent.Length != bytes.Length)
        {
            throw new InvalidOperationException($"rank {from} sent {sent.Length} bytes to rank {rank}, which expected {bytes.Length}.");
        }

        sent.CopyTo(bytes);
    }
}
