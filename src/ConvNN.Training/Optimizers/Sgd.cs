using ConvNN.Kernels;

namespace ConvNN.Training.Optimizers;

/// <summary>Plain stochastic gradient descent, <c>w ← w − η · g</c>, rounded once (PyTorch <c>optim.SGD</c> without momentum).</summary>
/// <param name="kernels">The kernels of the run.</param>
public sealed class Sgd(KernelSet kernels) : IOptimizer
{
    /// <inheritdoc/>
    public IReadOnlyDictionary<string, AlignedBuffer> State { get; } = new Dictionary<string, AlignedBuffer>();

    /// <inheritdoc/>
    public void Step(Span<float> weights, ReadOnlySpan<float> gradients, int start, float learningRate, long step) =>
        kernels.Elementwise.AddScaled(weights, -learningRate, gradients);
}
