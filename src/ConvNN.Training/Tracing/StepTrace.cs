namespace ConvNN.Training.Tracing;

/// <summary>Everything that happened in one training step. Only the assignment to workers depends on their number.</summary>
public sealed record StepTrace
{
    /// <summary>The step of the run, from 1.</summary>
    public required long Step { get; init; }

    /// <summary>Its epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>The leaves of the tree, in order; some have no samples if the batch is small.</summary>
    public required IReadOnlyList<TracedLeaf> Leaves { get; init; }

    /// <summary>The joins of the tree, each after the joins below it.</summary>
    public required IReadOnlyList<TracedJoin> Joins { get; init; }

    /// <summary>The leaves [Lo, Hi) of each worker, in order.</summary>
    public required IReadOnlyList<(int Lo, int Hi)> Workers { get; init; }

    /// <summary>The learning rate.</summary>
    public required float LearningRate { get; init; }

    /// <summary>Euclidean norm of the mean gradient.</summary>
    public required double MeanNorm { get; init; }

    /// <summary>For each trained tensor, the weight with the largest mean gradient.</summary>
    public required IReadOnlyList<TracedWeight> Weights { get; init; }

    /// <summary>One weight's gradient, summed over the leaves in three orders.</summary>
    public required TracedOrders Orders { get; init; }

    /// <summary>The weights before the step.</summary>
    public required WeightsDigest Before { get; init; }

    /// <summary>The weights after the step.</summary>
    public required WeightsDigest After { get; init; }

    /// <summary>The number of samples in the step.</summary>
    public int SampleCount => Leaves.Sum(leaf => leaf.Samples.Count);
}
