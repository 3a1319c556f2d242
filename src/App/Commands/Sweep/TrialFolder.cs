using ConvNN.App.Configuration;
using ConvNN.App.Log;
using ConvNN.App.Runs;
using ConvNN.Training;
using ConvNN.Training.Checkpoints;
using ConvNN.Training.Progress;

namespace ConvNN.App.Commands.Sweep;

/// <summary>The run folder of a trial while it trains: that of an ordinary run, with a checkpoint if the trial may pause.</summary>
internal sealed class TrialFolder : IDisposable
{
    private readonly RunFolder _folder;
    private readonly RunCheckpoints _checkpoints;
    private readonly RunKeeper _keeper;

    private TrialFolder(RunFolder folder, RunCheckpoints checkpoints, RunKeeper keeper)
    {
        _folder = folder;
        _checkpoints = checkpoints;
        _keeper = keeper;
    }

    /// <summary>The epochs of a trial that paused here; empty for one that begins.</summary>
    public IReadOnlyList<EpochResult> Epochs => _checkpoints.From?.Manifest.Progress.Epochs ?? [];

    /// <summary>Opens the folder of a trial, and lets its trainer continue from the checkpoint there, if it may pause and has one.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="run">The configuration of the trial.</param>
    /// <param name="material">The data and the network.</param>
    /// <param name="trainer">The trainer, which has not run.</param>
    /// <param name="mayPause">Whether the trial keeps a checkpoint of its last epoch.</param>
    /// <param name="log">Where damaged checkpoints are reported.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="Faults.OutputException">The folder cannot be written.</exception>
    /// <exception cref="CheckpointWriteException">The checkpoints cannot be written.</exception>
    public static TrialFolder Open(
        string path, RunConfiguration run, RunMaterial material, Trainer trainer, bool mayPause, RunLog log, TimeProvider time)
    {
        CheckpointOptions options = mayPause ? new CheckpointOptions { Keep = 1 } : new CheckpointOptions { Strategy = CheckpointStrategy.Never };
        RunIdentity identity = RunIdentities.Of(run, material);
        RunCheckpoints? paused = mayPause ? Paused(path, options, identity, log, time) : null;
        if (paused is null && Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        RunFolder folder = paused is null
            ? RunFolder.Create(run with { Output = run.Output with { Directory = path } }, time)
            : RunFolder.Resume(path, paused.From!.Manifest.Progress.Epochs);
        RunCheckpoints checkpoints = paused ?? RunCheckpoints.Begin(path, options, identity, log, time);
        if (checkpoints.From is { } from)
        {
            trainer.Resume(from);
        }

        trainer.Checkpoints = checkpoints.Checkpointer;
        RunKeeper keeper = RunKeeper.Begin(folder, run, material, trainer.Model, checkpoints.From?.Manifest.Progress, time);
        return new TrialFolder(folder, checkpoints, keeper);
    }

    /// <summary>Saves a finished epoch.</summary>
    /// <exception cref="Faults.OutputException">It cannot be written.</exception>
    public Task KeepAsync(EpochResult epoch) => _keeper.KeepAsync(epoch);

    /// <summary>Saves the result of a trial that has finished.</summary>
    /// <exception cref="Faults.OutputException">It cannot be written.</exception>
    public void End(TrainingResult result) => _keeper.End(result, signal: null, Faults.ExitCode.Done);

    /// <inheritdoc/>
    public void Dispose()
    {
        _checkpoints.Dispose();
        _folder.Dispose();
    }

    /// <summary>The checkpoint at which a trial paused; null if there is none from which it can continue: then it begins again.</summary>
    private static RunCheckpoints? Paused(string path, CheckpointOptions options, RunIdentity identity, RunLog log, TimeProvider time)
    {
        ResumePoint point = new(path, null);
        try
        {
            return point.StartsOver ? null : RunCheckpoints.Resume(point, [], options, identity, log, time);
        }
        catch (CheckpointException)
        {
            return null;
        }
    }
}
