using ConvNN.App.Log;
using ConvNN.App.Log.Events;
using ConvNN.App.Output;
using ConvNN.Training.Checkpoints;

namespace ConvNN.App.Runs;

/// <summary>The checkpoints of a run, locked by this process, and the one from which it resumes.</summary>
internal sealed class RunCheckpoints : IDisposable
{
    private readonly CheckpointStore _store;

    private RunCheckpoints(CheckpointStore store, Checkpoint? from, CheckpointOptions options, RunIdentity run, TimeProvider time)
    {
        _store = store;
        From = from;
        Checkpointer = options.Strategy == CheckpointStrategy.Never ? null : new Checkpointer(store, options, run, time);
    }

    /// <summary>The checkpoint from which the run resumes; null for a new run.</summary>
    public Checkpoint? From { get; }

    /// <summary>Saves the run's checkpoints; null if it keeps none.</summary>
    public Checkpointer? Checkpointer { get; }

    /// <summary>Prepares the checkpoints of a new run.</summary>
    /// <exception cref="CheckpointWriteException">The folder cannot be written.</exception>
    public static RunCheckpoints Begin(string folder, CheckpointOptions options, RunIdentity run, RunLog log, TimeProvider time) =>
        new(Open(Path.Combine(folder, CheckpointStore.DefaultName), log), null, options, run, time);

    /// <summary>Finds the checkpoint from which a run resumes: the named one, or else the newest intact one.</summary>
    /// <param name="point">The run, and possibly the checkpoint.</param>
    /// <param name="allowed">Keys that may differ.</param>
    /// <param name="options">How the run saves further checkpoints.</param>
    /// <param name="run">The identity of the resumed run.</param>
    /// <param name="log">Where skipped checkpoints are reported.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="CheckpointException">There is no intact checkpoint, or it belongs to another run.</exception>
    /// <exception cref="CheckpointWriteException">The folder cannot be written, or the run is still running.</exception>
    public static RunCheckpoints Resume(ResumePoint point, IReadOnlyList<string> allowed, CheckpointOptions options, RunIdentity run, RunLog log, TimeProvider time)
    {
        CheckpointStore store = Open(point.Checkpoints, log);
        try
        {
            if (CheckpointStore.Names(point.Checkpoints).Count == 0)
            {
                // Ended before its first checkpoint: the run starts over and gives the same bits, so nothing is lost.
                if (point.HasBegun)
                {
                    Compare(point.Run, "run", RunIdentities.Read(point.Run, run), run, allowed);
                }

                return new RunCheckpoints(store, null, options, run, time);
            }

            Checkpoint from = (point.Checkpoint is { } named ? Checkpoint.Open(named) : CheckpointStore.Newest(point.Checkpoints, skipped => log.Write(TextEvent.Warning($"skipped: {skipped}"))))
                ?? throw new CheckpointException($"{point.Checkpoints}: none of its checkpoints is intact and holds a state; begin a new run: {Invocation.Of($"--config {Invocation.Quoted(Path.Combine(point.Run, ResolvedConfiguration.Name))}")}");
            Compare(from.Folder, "checkpoint", from.Manifest.Run, run, allowed);
            return new RunCheckpoints(store, from, options, run, time);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _store.Dispose();

    private static CheckpointStore Open(string folder, RunLog log)
    {
        CheckpointStore store = CheckpointStore.Open(folder);
        if (store.LockWarning is { } warning)
        {
            log.Write(TextEvent.Warning(warning));
        }

        return store;
    }

    private static void Compare(string folder, string what, RunIdentity there, RunIdentity run, IReadOnlyList<string> allowed)
    {
        if (there.FirstDifference(run, allowed) is { } difference)
        {
            throw new CheckpointException(
                $"{folder}: {difference.Key} is {difference.Other ?? "not there"}, the {what} has {difference.Mine ?? "none"}; "
                + $"leave it as it was, or allow the change: --allow-change \"{difference.Key}\".");
        }
    }
}
