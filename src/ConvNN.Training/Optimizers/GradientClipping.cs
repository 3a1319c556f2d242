using ConvNN.Kernels;
using ConvNN.Kernels.Normalization;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Training.Optimizers;

/// <summary>
/// Keeps the mean gradient of a step from being too large, before an optimizer sees it: each element by itself (PyTorch
/// <c>clip_grad_value_</c>), then all of it by its norm (Pascanu, Mikolov and Bengio, arXiv:1211.5063; PyTorch
/// <c>clip_grad_norm_</c>).
/// </summary>
/// <param name="optimizer">What takes the clipped gradient.</param>
/// <param name="norm">The largest norm, key <c>Training:ClipNorm</c>; null for no limit.</param>
/// <param name="value">The largest absolute value, key <c>Training:ClipValue</c>; null for no limit.</param>
/// <param name="kernels">The kernels of the run.</param>
/// <param name="length">Floats of the trained part of the weights.</param>
public sealed class GradientClipping(IOptimizer optimizer, double? norm, double? value, KernelSet kernels, int length) : IOptimizer
{
    // PyTorch's, for a norm of 0.
    private const double Epsilon = 1e-6;

    private readonly AlignedBuffer _clipped = new(length);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, AlignedBuffer> State => optimizer.State;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The norm is limited, and this is a slice of the gradient.</exception>
    public void Step(Span<float> weights, ReadOnlySpan<float> gradients, int start, float learningRate, long step)
    {
        Span<float> clipped = _clipped.Span.Slice(start, gradients.Length);
        gradients.CopyTo(clipped);
        Clip(clipped);
        optimizer.Step(weights, clipped, start, learningRate, step);
    }

    private void Clip(Span<float> gradient)
    {
        if (value is { } limit)
        {
            kernels.Optimizer.Clamp(gradient, (float)limit);
        }

        if (norm is not { } most)
        {
            return;
        }

        if (gradient.Length != _clipped.Length)
        {
            throw new InvalidOperationException($"The norm of a gradient of {_clipped.Length} floats cannot be taken of {gradient.Length} of them.");
        }

        double factor = most / (Math.Sqrt(NormKernels.SumOfSquares(gradient)) + Epsilon);
        if (factor < 1)
        {
            kernels.Elementwise.Scale(gradient, (float)factor);
        }
    }
}
