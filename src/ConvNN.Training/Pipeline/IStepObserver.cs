using ConvNN.Training.Options;

namespace ConvNN.Training.Pipeline;

/// <summary>
/// Looks at training steps while they are computed: for lessons and for finding faults. The reducer's thread calls it,
/// in the order of the members, and goes on when it returns. What it is shown is the pipeline's own memory, to be read
/// during the call alone.
/// </summary>
/// <remarks>With <see cref="PipelineOptions.SeparateLeaves"/> it sees every leaf of the tree and every join.</remarks>
public interface IStepObserver
{
    /// <summary>Whether a step is to be shown.</summary>
    /// <param name="step">The training step in the life of the pipeline, from 1.</param>
    bool Wants(long step);

    /// <summary>All workers are done: the shards have losses, predictions and gradients, and nothing is joined.</summary>
    /// <param name="step">The training step.</param>
    /// <param name="shards">The shards of all workers, in leaf order; some have no samples.</param>
    /// <param name="weights">The weights that the step began with.</param>
    void Computed(long step, IReadOnlyList<Shard> shards, ReadOnlySpan<float> weights);

    /// <summary>Two subtrees have been joined, in one slice of the gradient; the slices of a step come in order.</summary>
    /// <param name="lo">First leaf of the left subtree, and of the sum.</param>
    /// <param name="hi">The leaf behind the last of the right subtree, and of the sum.</param>
    /// <param name="start">The slice's first float.</param>
    /// <param name="sum">The sum over the slice.</param>
    void Joined(int lo, int hi, int start, ReadOnlySpan<float> sum);

    /// <summary>The optimizer has changed the weights.</summary>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="mean">The mean gradient over the samples of the step, in the layout of the trained weights.</param>
    /// <param name="weights">The weights now.</param>
    void Applied(float learningRate, ReadOnlySpan<float> mean, ReadOnlySpan<float> weights);
}
