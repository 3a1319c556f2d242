namespace ConvNN.Training.Tracing;

/// <summary>One training step laid open. All of it but who did what is the same for any number of workers.</summary>
public sealed record StepTrace
{
    /// <summary>The step of the run, from 1.</summary>
    public required long Step { get; init; }

    /// <summary>The epoch that it is part of, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>The leaves of the tree, in order; some have no samples when the batch is small.</summary>
    public required IReadOnlyList<TracedLeaf> Leaves { get; init; }

    /// <summary>The joins of the tree: lower ones before those that they are part of.</summary>
    public required IReadOnlyList<TracedJoin> Joins { get; init; }

    /// <summary>The leaves [Lo, Hi) of each worker, in order.</summary>
    public required IReadOnlyList<(int Lo, int Hi)> Workers { get; init; }

    /// <summary>The learning rate.</summary>
    public required float LearningRate { get; init; }

    /// <summary>Length of the mean gradient, the square root of the sum of its squares.</summary>
    public required double MeanNorm { get; init; }

    /// <summary>Of each trained tensor, the weight that the mean gradient moves most.</summary>
    public required IReadOnlyList<TracedWeight> Weights { get; init; }

    /// <summary>The weights that the step began with.</summary>
    public required WeightsDigest Before { get; init; }

    /// <summary>The weights that it left.</summary>
    public required WeightsDigest After { get; init; }

    /// <summary>The samples of the step.</summary>
    public int SampleCount => Leaves.Sum(leaf => leaf.Samples.Count);
}
