namespace ConvNN.Training.Cluster;

/// <summary>The ranks of a job as training sees them: who they are, and what all of them have agreed on.</summary>
/// <remarks>
/// A rank alone must not stop: the others would wait for it. A wish to stop goes with the next exchange of a step, so that all ranks
/// stop after the same one.
/// </remarks>
public sealed class RankGroup : IDisposable
{
    // After a signal the launcher soon ends the processes: what is in flight is abandoned rather than waited for.
    private static readonly TimeSpan Hurry = TimeSpan.FromSeconds(0.5);

    private readonly CancellationTokenSource _agreed = new();
    private volatile bool _wantsStop;
    private TimeSpan? _patience;

    /// <summary>Creates the group.</summary>
    /// <param name="communicator">Connects the ranks.</param>
    /// <param name="ranksHere">How many of them share this machine, this one included.</param>
    public RankGroup(ICommunicator communicator, int ranksHere = 1)
    {
        ArgumentNullException.ThrowIfNull(communicator);
        ArgumentOutOfRangeException.ThrowIfLessThan(ranksHere, 1);
        Communicator = communicator;
        Cores = Math.Max(1, Environment.ProcessorCount / ranksHere);
    }

    /// <summary>Connects the ranks.</summary>
    public ICommunicator Communicator { get; }

    /// <summary>This rank, from 0.</summary>
    public int Rank => Communicator.Rank;

    /// <summary>The number of ranks.</summary>
    public int Size => Communicator.Size;

    /// <summary>This rank among all.</summary>
    public RankPlace Place => new(Rank, Size);

    /// <summary>The cores of this machine that are this rank's share.</summary>
    public int Cores { get; }

    /// <summary>Cancelled when all ranks have agreed to stop.</summary>
    public CancellationToken Stopped => _agreed.Token;

    /// <summary>Whether this rank wants all of them to stop.</summary>
    internal bool WantsStop => _wantsStop;

    /// <summary>Whether ranks have changed parts of the state that others do not know yet.</summary>
    internal bool OwnsParts { get; set; }

    /// <summary>Asks all ranks to stop at their next exchange.</summary>
    /// <param name="hurries">Whether no call waits long from then on. Not with local steps: others may be many steps away from the exchange.</param>
    public void RequestStop(bool hurries = true)
    {
        _wantsStop = true;
        if (hurries && Communicator.Deadline > Hurry)
        {
            _patience = Communicator.Deadline;
            Communicator.Deadline = Hurry;
        }
    }

    /// <summary>Ends the connection.</summary>
    public void Dispose()
    {
        _agreed.Dispose();
        Communicator.Dispose();
    }

    /// <summary>Takes note of what the ranks want; called by all of them with the same value in the same step.</summary>
    /// <param name="stops">Whether any rank wants to stop.</param>
    internal void Agree(bool stops)
    {
        if (stops && !_agreed.IsCancellationRequested)
        {
            // All of them are there, and what they still have to do may take its time.
            Communicator.Deadline = _patience ?? Communicator.Deadline;
            _agreed.Cancel();
        }
    }
}
