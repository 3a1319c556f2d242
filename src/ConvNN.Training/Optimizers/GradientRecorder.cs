using ConvNN.Kernels.Normalization;
using ConvNN.Kernels.Optimizers;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Training.Optimizers;

/// <summary>
/// Keeps the mean gradient of some steps, so that its norm can be told after them. The weights are the same with and without it: in such a
/// step the gradient is stored before it is applied, in all others nothing changes.
/// </summary>
/// <param name="optimizer">What takes the gradient.</param>
/// <param name="every">The steps that are recorded: those whose number this divides.</param>
/// <param name="length">Floats of the trained part of the weights.</param>
internal sealed class GradientRecorder(IOptimizer optimizer, int every, int length) : IOptimizer
{
    private readonly AlignedBuffer _gradient = new(length);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, AlignedBuffer> State => optimizer.State;

    /// <summary>Whether a step is recorded.</summary>
    /// <param name="step">Its number in the run, from 1.</param>
    public bool IsRecorded(long step) => step % every == 0;

    /// <summary>
    /// The Euclidean norm of the gradient that was recorded last. It is summed in the order of the weights, whoever computed which of them,
    /// so it has the same bits for any division of the work.
    /// </summary>
    public double Norm() => Math.Sqrt(NormKernels.SumOfSquares(_gradient.Span));

    /// <inheritdoc/>
    public void Step(Span<float> weights, ReadOnlySpan<float> gradients, int start, float learningRate, long step)
    {
        if (IsRecorded(step))
        {
            gradients.CopyTo(_gradient.Span[start..]);
        }

        optimizer.Step(weights, gradients, start, learningRate, step);
    }

    /// <inheritdoc/>
    public bool TryUpdate(int start, int length, float learningRate, long step, out WeightUpdate update)
    {
        update = default;
        return !IsRecorded(step) && optimizer.TryUpdate(start, length, learningRate, step, out update);
    }
}
