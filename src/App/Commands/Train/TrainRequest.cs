using ConvNN.App.Runs;

namespace ConvNN.App.Commands.Train;

/// <summary>What <c>train</c> is asked for beyond its configuration.</summary>
/// <param name="From">The run that goes on; null for a new one.</param>
/// <param name="AllowedChanges">Keys of the configuration that may differ from the checkpoint's.</param>
/// <param name="IsVerbose">Whether the layers are to be looked at after each epoch.</param>
internal sealed record TrainRequest(ResumePoint? From, IReadOnlyList<string> AllowedChanges, bool IsVerbose);
