using ConvNN.App.Runs;

namespace ConvNN.App.Commands.Train;

/// <summary>The arguments of <c>train</c> beyond its configuration.</summary>
/// <param name="From">The point from which a run resumes; null for a new run.</param>
/// <param name="AllowedChanges">Keys of the configuration that may differ from the checkpoint's.</param>
/// <param name="IsVerbose">Whether to log layer statistics after each epoch.</param>
internal sealed record TrainRequest(ResumePoint? From, IReadOnlyList<string> AllowedChanges, bool IsVerbose)
{
    /// <summary>Whether the configuration is that of a run that resumes, which the first rank alone has to find.</summary>
    public bool IsResumed { get; init; }

    /// <summary>Whether <c>--resume auto</c> found no run, so that a new one begins.</summary>
    public bool FoundNone { get; init; }

    /// <summary>The weights that the run must end in; null if it repeats no other.</summary>
    public ExpectedWeights? Expected { get; init; }
}
