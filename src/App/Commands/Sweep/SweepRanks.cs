using System.Collections.Concurrent;
using ConvNN.App.Hosting;
using ConvNN.Training.Cluster;

namespace ConvNN.App.Commands.Sweep;

/// <summary>The slots of other ranks, on rank 0: each trial is a message, and so is its row. Dispose it to let the ranks end.</summary>
internal sealed class SweepRanks : IAsyncDisposable
{
    // mpirun signals all ranks, of which another may tell of it before this one notices.
    private static readonly TimeSpan OwnSignal = TimeSpan.FromSeconds(1);

    private readonly ICommunicator _communicator;
    private readonly IReadOnlyList<int> _slots;
    private readonly SweepTrials _left;
    private readonly StopSignals _signals;
    private readonly RankLink _link;
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<(int Rank, int Number), Order> _orders = [];
    private readonly ConcurrentDictionary<int, bool> _gone = [];
    private readonly TaskCompletionSource _allGone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isEnding;

    /// <summary>Begins to listen to the other ranks.</summary>
    /// <param name="communicator">The ranks.</param>
    /// <param name="slots">How many slots each rank has.</param>
    /// <param name="left">The folders of trials.</param>
    /// <param name="signals">Stops the sweep if another rank was asked to stop.</param>
    /// <param name="time">The clock.</param>
    public SweepRanks(ICommunicator communicator, IReadOnlyList<int> slots, SweepTrials left, StopSignals signals, TimeProvider time)
    {
        _communicator = communicator;
        _slots = slots;
        _left = left;
        _signals = signals;
        _link = new RankLink(communicator, [.. Others], time) { Received = Receive, Silent = Silent };
        _link.Start();
    }

    /// <summary>The number of ranks, with this one.</summary>
    public int Count => _communicator.Size;

    /// <summary>How many trials train at a time on all ranks.</summary>
    public int SlotCount => _slots.Sum();

    /// <summary>The slots of the other ranks, each with its place among those of its rank.</summary>
    public IEnumerable<(int Place, TrialSlot Slot)> Slots =>
        from rank in Others
        from place in Enumerable.Range(0, _slots[rank])
        select (place, (TrialSlot)((trial, rung, onEpoch, cancellationToken) => TrainAsync(rank, trial, rung, onEpoch, cancellationToken)));

    private IEnumerable<int> Others => Enumerable.Range(1, _communicator.Size - 1);

    /// <summary>Lets the ranks end, and waits until they have stopped their trials.</summary>
    /// <exception cref="ClusterException">A rank was lost.</exception>
    public async ValueTask DisposeAsync()
    {
        End();
        await Task.WhenAny(_allGone.Task, _link.Completion);
        _link.Complete();
        await _link.Completion;
    }

    private async Task<TrialRow?> TrainAsync(int rank, PreparedTrial trial, int rung, Action<int> onEpoch, CancellationToken cancellationToken)
    {
        byte[] paused = _left.Pack(trial);
        Order order = new(trial, onEpoch);
        _orders[(rank, trial.Trial.Number)] = order;
        lock (_gate)
        {
            if (_isEnding)
            {
                return null;
            }

            _link.Post(rank, new TrialMessage.Train(trial.Trial.Number, rung, paused).ToBytes());
        }

        using CancellationTokenRegistration ending = cancellationToken.Register(End);
        if (await Task.WhenAny(order.Ended.Task, _link.Completion) == _link.Completion)
        {
            await _link.Completion;
        }

        TrialMessage.Ended ended = await order.Ended.Task;
        if (ended.Row is not { } row)
        {
            await StopAsync(rank, cancellationToken);
            return null;
        }

        if (ended.Folder.Length > 0)
        {
            _left.Unpack(trial, ended.Folder);
        }

        return row with { Varied = trial.Begun.Varied };
    }

    /// <summary>A rank that stopped a trial without being told was asked by a signal of its own: that ends the sweep like one of rank 0.</summary>
    private async Task StopAsync(int rank, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(OwnSignal, cancellationToken);
            _signals.Request($"rank {rank}");
        }
        catch (OperationCanceledException)
        {
            // It was told.
        }
    }

    private void End()
    {
        lock (_gate)
        {
            if (_isEnding)
            {
                return;
            }

            _isEnding = true;
            _link.Quiet();
            foreach (int rank in Others)
            {
                _link.Post(rank, new TrialMessage.End().ToBytes());
            }
        }
    }

    private void Receive(int rank, byte[] bytes)
    {
        switch (TrialMessage.Of(bytes))
        {
            case TrialMessage.Progress progress when _orders.TryGetValue((rank, progress.Number), out Order? order):
                order.OnEpoch(progress.Epochs);
                break;
            case TrialMessage.Ended ended when _orders.TryRemove((rank, ended.Number), out Order? order):
                order.Ended.SetResult(ended);
                break;
            case TrialMessage.End:
                _gone[rank] = true;
                if (_gone.Count == _communicator.Size - 1)
                {
                    _allGone.SetResult();
                }

                break;
        }
    }

    private ClusterException? Silent(int rank)
    {
        if (_gone.ContainsKey(rank))
        {
            return null;
        }

        string[] trials = [.. _orders.Where(order => order.Key.Rank == rank).Select(order => $"{order.Value.Trial.Trial}")];
        string with = trials.Length == 0 ? "" : $", which trained {string.Join(" and ", trials)}";
        return new ClusterException(
            $"rank {rank}{with}, has not answered for {_communicator.Deadline.TotalSeconds:0.#} s; rows are kept, and the same command trains the other trials, with any number of ranks.");
    }

    /// <summary>A trial that another rank trains.</summary>
    private sealed record Order(PreparedTrial Trial, Action<int> OnEpoch)
    {
        /// <summary>Ends with the trial.</summary>
        public TaskCompletionSource<TrialMessage.Ended> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
