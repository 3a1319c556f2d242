using ConvNN.App.Faults;
using ConvNN.App.Output;
using ConvNN.Training.Checkpoints;

namespace ConvNN.App.Runs;

/// <summary>The point from which a run resumes.</summary>
/// <param name="Run">The folder of the run.</param>
/// <param name="Checkpoint">The folder of the checkpoint; null for the newest intact one, or for the start if there is none.</param>
internal sealed record ResumePoint(string Run, string? Checkpoint)
{
    /// <summary>The word for the newest run with checkpoints, or for the run in a given folder; without one, a new run begins.</summary>
    public const string Auto = "auto";

    /// <summary>The folder of the run's checkpoints.</summary>
    public string Checkpoints => Path.Combine(Run, CheckpointStore.DefaultName);

    /// <summary>Whether the run has a configuration of its own; one killed before its record has none yet and begins like a new one.</summary>
    public bool HasBegun => Path.Exists(Path.Combine(Run, RunRecord.Name)) || HasCheckpoints(Run);

    /// <summary>Whether the run has no checkpoint yet, and so begins again.</summary>
    public bool StartsOver => CheckpointStore.Names(Checkpoints).Count == 0;

    /// <summary>Finds the point that <c>--resume</c> names.</summary>
    /// <param name="value"><c>auto</c>, the folder of a run, that of one of its checkpoints, or the file that names the latest.</param>
    /// <param name="output">The folder of the run, if options name it; <c>auto</c> looks there.</param>
    /// <returns>The point; null if <c>auto</c> finds nothing.</returns>
    /// <exception cref="RunFileException">There is no such run, or it has no checkpoints.</exception>
    /// <exception cref="UsageException">The run would resume in another folder.</exception>
    public static ResumePoint? Find(string value, string? output)
    {
        if (value == Auto)
        {
            IEnumerable<string> candidates = output is null ? ModelLocation.RunsIn(ModelLocation.Runs) : [output];
            return candidates.FirstOrDefault(run => HasCheckpoints(run) || BeginsAgain(run)) is { } found ? new ResumePoint(found, null) : null;
        }

        if (output is not null)
        {
            throw new UsageException("a run resumes in its own folder; leave --output out, or use --resume auto to look there.");
        }

        string path = CheckpointStore.Follow(Path.TrimEndingDirectorySeparator(value));
        bool isCheckpoint = CheckpointName.TryParse(Path.GetFileName(path)) is not null;
        string run = !isCheckpoint ? path : Path.GetDirectoryName(path) switch
        {
            { Length: > 0 } folder => Path.GetDirectoryName(folder) is { Length: > 0 } parent ? parent : ".",
            _ => "..",
        };
        if (!Path.Exists(Path.Combine(run, RunRecord.Name)) && !HasCheckpoints(run))
        {
            throw new RunFileException($"{run}: is not a run folder: {RunRecord.Name} is missing; name one that convnn train has written, or --resume auto.");
        }

        return isCheckpoint || HasCheckpoints(run) || BeginsAgain(run)
            ? new ResumePoint(run, isCheckpoint ? path : null)
            : throw new RunFileException($"{run}: has no checkpoints, so there is nothing to resume from; begin a new run: {Invocation.Of($"--config {Invocation.Quoted(Path.Combine(run, ResolvedConfiguration.Name))}")}");
    }

    /// <summary>
    /// Whether a run without checkpoints begins again in its folder: nothing is lost if it was killed, or a fault ended it that may
    /// have passed, such as a full disk. A process that is still alive holds the lock of its checkpoints.
    /// </summary>
    private static bool BeginsAgain(string run) =>
        RunRecord.TryRead(run) is { EndedUtc: null } or { Result: { Outcome: ResultRecord.Failed, ExitCode: not ExitCode.Diverged } } || RunFolder.IsUnbegun(run);

    private static bool HasCheckpoints(string run) => CheckpointStore.Names(Path.Combine(run, CheckpointStore.DefaultName)).Count > 0;
}
