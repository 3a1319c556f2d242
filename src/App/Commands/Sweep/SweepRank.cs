using ConvNN.Training.Cluster;

namespace ConvNN.App.Commands.Sweep;

/// <summary>A rank other than 0 in a sweep: it trains what rank 0 hands over, and writes nothing but folders of its own, which it sends.</summary>
internal sealed class SweepRank : IDisposable
{
    private readonly ICommunicator _communicator;
    private readonly Dictionary<int, PreparedTrial> _trials;
    private readonly SweepTrials _left;
    private readonly SweepRunner _runner;
    private readonly RankLink _link;
    private readonly CancellationTokenSource _stop;
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Task> _running = [];

    /// <summary>Begins to listen to rank 0.</summary>
    /// <param name="communicator">The ranks.</param>
    /// <param name="trials">The trials that may be handed over.</param>
    /// <param name="left">Where the folders of trials lie while they train here.</param>
    /// <param name="runner">Trains them.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops running trials after their current step, without a row; rank 0 is told.</param>
    public SweepRank(
        ICommunicator communicator, IEnumerable<PreparedTrial> trials, SweepTrials left, SweepRunner runner, TimeProvider time, CancellationToken cancellationToken)
    {
        _communicator = communicator;
        _trials = trials.ToDictionary(trial => trial.Trial.Number);
        _left = left;
        _runner = runner;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _link = new RankLink(communicator, [0], time) { Received = Receive, Silent = Silent };
        _link.Start();
    }

    /// <summary>Trains until rank 0 lets it end.</summary>
    /// <exception cref="ClusterException">Rank 0 was lost.</exception>
    public async Task RunAsync()
    {
        await Task.WhenAny(_end.Task, _link.Completion);
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        _link.Quiet();
        _link.Post(0, new TrialMessage.End().ToBytes());
        _link.Complete();
        await _link.Completion;
    }

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    private void Receive(int rank, byte[] bytes)
    {
        switch (TrialMessage.Of(bytes))
        {
            case TrialMessage.Train order:
                _running.Add(Task.Run(() => TrainAsync(order)));
                break;
            case TrialMessage.End:
                _end.SetResult();
                break;
        }
    }

    private async Task TrainAsync(TrialMessage.Train order)
    {
        PreparedTrial trial = _trials[order.Number];
        TrialRow? row;
        byte[] folder = [];
        try
        {
            _left.Unpack(trial, order.Folder);
            row = await _runner.RunAsync(trial, order.Rung, epochs => _link.Post(0, new TrialMessage.Progress(order.Number, epochs).ToBytes()), _stop.Token);
            folder = row is { Status: TrialRow.Done or TrialRow.Paused } ? _left.Pack(trial) : [];
            _left.Discard(trial);
        }
        catch (Exception failure)
        {
            // A full disk, for example, which the disk of rank 0 need not be.
            row = SweepRunner.Failed(trial, failure);
        }

        _link.Post(0, new TrialMessage.Ended(order.Number, row, folder).ToBytes());
    }

    // After its last message, nothing more is expected of rank 0.
    private ClusterException? Silent(int rank) => _end.Task.IsCompleted
        ? null
        : new ClusterException($"rank {rank}, which hands out the trials, has not answered rank {_communicator.Rank} for {_communicator.Deadline.TotalSeconds:0.#} s; rows are kept, and the same command trains the other trials.");
}
