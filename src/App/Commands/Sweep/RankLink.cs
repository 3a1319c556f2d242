using ConvNN.Training.Cluster;

namespace ConvNN.App.Commands.Sweep;

/// <summary>
/// Messages between ranks while trials train, from a thread of its own: a communicator takes one call at a time. It also sends empty
/// messages, so that the others know that this rank is alive.
/// </summary>
/// <param name="communicator">The ranks; nobody else may use it until <see cref="Completion"/>.</param>
/// <param name="others">The ranks that it is linked to.</param>
/// <param name="time">The clock.</param>
internal sealed class RankLink(ICommunicator communicator, IReadOnlyList<int> others, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestBeat = TimeSpan.FromSeconds(1);

    private readonly Queue<(int Rank, byte[] Message)> _outbox = [];
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isComplete;
    private volatile bool _isQuiet;

    /// <summary>Is given each message, on the link's thread.</summary>
    public required Action<int, byte[]> Received { get; init; }

    /// <summary>What is wrong if a rank has not been heard of for the communicator's deadline; null if it may be silent.</summary>
    public required Func<int, ClusterException?> Silent { get; init; }

    /// <summary>Ends after <see cref="Complete"/>, or with the exception that ended the link.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Starts it.</summary>
    public void Start() => new Thread(Run) { IsBackground = true, Name = "convnn ranks" }.Start();

    /// <summary>Sends a message, from any thread, without waiting for it.</summary>
    /// <param name="rank">The rank.</param>
    /// <param name="message">The message, not empty.</param>
    public void Post(int rank, byte[] message)
    {
        lock (_outbox)
        {
            _outbox.Enqueue((rank, message));
            Monitor.Pulse(_outbox);
        }
    }

    /// <summary>Sends nothing any more that was not posted: the others are about to leave.</summary>
    public void Quiet() => _isQuiet = true;

    /// <summary>Ends it after everything that was posted.</summary>
    public void Complete()
    {
        lock (_outbox)
        {
            _isComplete = true;
            Monitor.Pulse(_outbox);
        }
    }

    private void Run()
    {
        try
        {
            Exchange();
            _completion.SetResult();
        }
        catch (Exception failure)
        {
            _completion.SetException(failure);
        }
    }

    private void Exchange()
    {
        TimeSpan beat = communicator.Deadline / 4 < LongestBeat ? communicator.Deadline / 4 : LongestBeat;
        long sent = time.GetTimestamp();
        Dictionary<int, long> heard = others.ToDictionary(rank => rank, _ => sent);
        while (true)
        {
            while (TryTake(out (int Rank, byte[] Message) next))
            {
                communicator.Send(next.Rank, next.Message);
            }

            if (!_isQuiet && time.GetElapsedTime(sent) >= beat)
            {
                sent = time.GetTimestamp();
                foreach (int rank in others)
                {
                    communicator.Send(rank, []);
                }
            }

            foreach (int rank in others)
            {
                // Messages first: this process may have been stopped itself, and they have waited.
                while (communicator.TryReceive(rank) is { } message)
                {
                    heard[rank] = time.GetTimestamp();
                    if (message.Length > 0)
                    {
                        Received(rank, message);
                    }
                }

                if (time.GetElapsedTime(heard[rank]) > communicator.Deadline && Silent(rank) is { } fault)
                {
                    throw fault;
                }
            }

            lock (_outbox)
            {
                if (_outbox.Count == 0 && _isComplete)
                {
                    return;
                }

                if (_outbox.Count == 0)
                {
                    Monitor.Wait(_outbox, Poll);
                }
            }
        }
    }

    private bool TryTake(out (int Rank, byte[] Message) next)
    {
        lock (_outbox)
        {
            return _outbox.TryDequeue(out next);
        }
    }
}
