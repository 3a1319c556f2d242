using ConvNN.Model;

namespace ConvNN.Training.Cluster;

/// <summary>The ranks of a job cannot work together, or not any more.</summary>
/// <param name="message">What happened, and what helps.</param>
/// <param name="inner">What was caught; null for nothing.</param>
public sealed class ClusterException(string message, Exception? inner = null) : ConvNNException(message, inner)
{
    /// <summary>Whether all ranks throw the same, since they have agreed on it.</summary>
    public bool IsShared { get; init; }
}
