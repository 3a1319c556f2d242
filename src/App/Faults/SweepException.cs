using ConvNN.Model;

namespace ConvNN.App.Faults;

/// <summary>Some trials of a sweep failed; the others have their rows.</summary>
/// <param name="message">How many failed, and the message of the first one.</param>
/// <param name="exitCode">The exit code of the first failure, as if it had been a single run.</param>
internal sealed class SweepException(string message, int exitCode) : ConvNNException(message)
{
    /// <summary>The exit code of the process.</summary>
    public int ExitCode => exitCode;
}
