using ConvNN.Kernels.Optimizers;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Training.Optimizers;

/// <summary>
/// How gradients change weights. Elementwise over the flat buffer, so that a step may be cut anywhere and its slices
/// taken by several threads concurrently: an optimizer keeps the state of a weight at that weight's index, and derives what
/// it needs to know about the step from the step's number.
/// </summary>
public interface IOptimizer
{
    /// <summary>What it remembers, by name: buffers of the trained part's length, such as a momentum. Part of a checkpoint.</summary>
    IReadOnlyDictionary<string, AlignedBuffer> State { get; }

    /// <summary>Applies one step to a slice of the weights.</summary>
    /// <param name="weights">The slice; changed in place.</param>
    /// <param name="gradients">The mean gradient over the batch, of the same slice.</param>
    /// <param name="start">Where the slice begins in the trained part.</param>
    /// <param name="learningRate">The step's learning rate.</param>
    /// <param name="step">The step's number in the run, from 1.</param>
    void Step(Span<float> weights, ReadOnlySpan<float> gradients, int start, float learningRate, long step);

    /// <summary>
    /// Describes the step of a slice, so that a kernel can apply it to each gradient as soon as it has been summed. The default is that
    /// there is no such description, and <see cref="Step"/> takes stored gradients.
    /// </summary>
    /// <param name="start">Where the slice begins in the trained part.</param>
    /// <param name="length">Weights in the slice.</param>
    /// <param name="learningRate">The step's learning rate.</param>
    /// <param name="step">The step's number in the run, from 1.</param>
    /// <param name="update">What <see cref="Step"/> would do, to the bit.</param>
    bool TryUpdate(int start, int length, float learningRate, long step, out WeightUpdate update)
    {
        update = default;
        return false;
    }
}
