using System.Diagnostics;
using System.Globalization;
using ConvNN.Data;
using ConvNN.Formats;
using ConvNN.Formats.SafeTensors;
using ConvNN.Model.Networks;
using ConvNN.Training.Progress;

namespace ConvNN.Training.Checkpoints;

/// <summary>
/// Takes the checkpoints of a run beside its training: between two steps the state is copied into a second buffer, which a
/// thread of its own then writes. A checkpoint that comes due while one is being written is taken at the next chance after that.
/// </summary>
/// <param name="store">Where they go.</param>
/// <param name="options">When they are taken.</param>
/// <param name="run">What run it is.</param>
/// <param name="time">The clock.</param>
public sealed class Checkpointer(CheckpointStore store, CheckpointOptions options, RunIdentity run, TimeProvider time)
{
    private Network _network = null!;
    private ModelSubject _subject = new("");
    private TrainingState _live = null!;
    private TrainingState _copy = null!;
    private CheckpointSchedule _schedule = null!;
    private Action<TrainingEvent> _tell = _ => { };
    private Task _writing = Task.CompletedTask;
    private Exception? _failure;

    // Of the current epoch.
    private IReadOnlyList<EpochResult> _epochs = [];
    private PassProgress _progress = new();
    private EpochProgress _begun;
    private long _stepsBefore;
    private long _began;
    private int _seen;

    /// <summary>The last checkpoint that was written; null before any.</summary>
    public CheckpointName? Last { get; private set; }

    /// <summary>The folder of the last checkpoint with finite weights from which a run can continue; null before the first, and if only metadata is kept.</summary>
    public string? LastGood => options.KeepsState && Last is { } last ? Path.Combine(store.Folder, last.ToString()) : null;

    /// <summary>Does work beside training; a test lets training wait for it.</summary>
    internal Func<Action, Task> Beside { get; init; } = work =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Called on the writing thread before each checkpoint, to write what must be there with it; null for nothing.</summary>
    public Action? BeforeWrite { get; set; }

    /// <summary>The folder of the checkpoints.</summary>
    public string Folder => store.Folder;

    /// <summary>Whether checkpoints may be taken between two steps of an epoch.</summary>
    internal bool IsWithinEpochs => options.IsWithinEpochs;

    /// <summary>Prepares for a run.</summary>
    /// <param name="network">The network.</param>
    /// <param name="data">The data.</param>
    /// <param name="live">The state, which changes while the run continues.</param>
    /// <param name="from">Where the run begins: a checkpoint of it is there, unless that is the very beginning.</param>
    /// <param name="tell">Called for each checkpoint written, from another thread.</param>
    internal void Begin(Network network, DatasetPair data, TrainingState live, TrainingProgress from, Action<TrainingEvent> tell)
    {
        _network = network;
        _subject = data.ToSubject();
        _live = live;
        _copy = options.KeepsState ? live.NewLike() : live;
        _schedule = new CheckpointSchedule(options, data.Train.Count, time) { From = from.Step };
        _tell = tell;
        Last = from.Step == 0 ? null : CheckpointName.Of(from);
    }

    /// <summary>Prepares for an epoch.</summary>
    /// <param name="epochs">The finished epochs.</param>
    /// <param name="stepsBefore">Steps of the run before the epoch.</param>
    /// <param name="begun">How far the epoch is already.</param>
    /// <param name="progress">Tells how far it is.</param>
    internal void BeginEpoch(IReadOnlyList<EpochResult> epochs, long stepsBefore, EpochProgress begun, PassProgress progress)
    {
        (_epochs, _stepsBefore, _begun, _progress, _seen) = (epochs, stepsBefore, begun, progress, begun.Samples);
        _began = Stopwatch.GetTimestamp();
    }

    /// <summary>Takes a checkpoint if one is due. Called between two steps, when nothing changes the state, and only where all of it can be brought together.</summary>
    /// <param name="gather">Brings all weights together first; null where they are.</param>
    internal void AfterStep(Action? gather = null)
    {
        int before = _seen;
        _seen = _progress.Samples;
        long step = _stepsBefore + _progress.Steps;
        if (_schedule.IsDueAfterStep(step, before, _seen) && _writing.IsCompleted)
        {
            gather?.Invoke();
            TimeSpan elapsed = _begun.Elapsed + Stopwatch.GetElapsedTime(_began);
            Take(new TrainingProgress(step, _epochs, new EpochProgress(_progress.Steps, _seen, _progress.Correct, _progress.LossSum, elapsed)));
        }
    }

    /// <summary>Takes a checkpoint if one is due after an epoch.</summary>
    internal void AfterEpoch(TrainingProgress progress)
    {
        if (_schedule.IsDueAfter(progress.Epochs) && _writing.IsCompleted)
        {
            Take(progress);
        }
    }

    /// <summary>Waits for the checkpoint that is being written.</summary>
    internal Task FlushAsync() => _writing;

    /// <summary>Keeps the state that a run ends or is stopped with.</summary>
    /// <exception cref="CheckpointWriteException">It cannot be written; those before it are as they were.</exception>
    internal async Task EndAsync(TrainingProgress progress)
    {
        await _writing;
        if (Last == CheckpointName.Of(progress))
        {
            return;
        }

        _failure = null;
        Take(progress);
        await _writing;
        if (_failure is not null)
        {
            throw new CheckpointWriteException(_failure.Message, _failure);
        }
    }

    private void Take(TrainingProgress progress)
    {
        long begin = Stopwatch.GetTimestamp();
        if (options.KeepsState)
        {
            _copy.CopyFrom(_live);
        }

        // The list of epochs grows while the checkpoint is being written.
        progress = progress with { Epochs = [.. progress.Epochs] };
        _schedule.Take();
        TimeSpan held = Stopwatch.GetElapsedTime(begin);
        _writing = Beside(() => Write(progress, held));
    }

    private void Write(TrainingProgress progress, TimeSpan held)
    {
        long begin = Stopwatch.GetTimestamp();
        BeforeWrite?.Invoke();
        try
        {
            CheckpointName name = store.Save(_network, _subject, run, progress, options.KeepsState ? _copy : null);
            Last = name;
            store.Prune(name, options.Keep, progress.Best?.Epoch);
            _tell(new CheckpointSaved(name.ToString(), options.KeepsState ? _copy.Bytes : 0, held, Stopwatch.GetElapsedTime(begin)));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ModelFileException)
        {
            string reason = failure.Message.TrimEnd('.');
            _failure = new IOException(string.Create(
                CultureInfo.InvariantCulture, $"{store.Folder}: a checkpoint of {_copy.Bytes:N0} bytes cannot be written: {reason}{Free()}. Earlier checkpoints are unchanged."), failure);
            _tell(new CheckpointFailed(_failure.Message));
        }
    }

    private string Free()
    {
        try
        {
            return string.Create(CultureInfo.InvariantCulture, $"; {new DriveInfo(Path.GetFullPath(store.Folder)).AvailableFreeSpace:N0} bytes are free");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return "";      // a network drive, for example
        }
    }
}
