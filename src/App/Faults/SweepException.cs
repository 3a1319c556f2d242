using ConvNN.Model;

namespace ConvNN.App.Faults;

/// <summary>Some trials of a sweep have failed; the others have their rows.</summary>
/// <param name="message">How many, and what the first one said.</param>
/// <param name="exitCode">What the first one would have ended a run of its own with.</param>
internal sealed class SweepException(string message, int exitCode) : ConvNNException(message)
{
    /// <summary>What the process ends with.</summary>
    public int ExitCode => exitCode;
}
