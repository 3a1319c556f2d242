using System.Numerics;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Activations;

/// <summary>
/// Activation functions, element by element. <see cref="KernelTier.Reference"/> takes the scalar functions; the other tiers
/// take vectors of the machine's own width, with the same bits. The target may be an operand.
/// </summary>
/// <param name="tier">What to compute with.</param>
public sealed class ActivationKernels(KernelTier tier)
{
    /// <summary><c>y[i] = f(x[i])</c>.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Forward<TActivation>(TActivation f, ReadOnlySpan<float> x, Span<float> y)
        where TActivation : struct, IActivation
    {
        KernelGuard.SameLength<float>(x, y);
        int i = 0;
        for (; tier != KernelTier.Reference && i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            f.Value(Vector.Create(x[i..])).CopyTo(y[i..]);
        }

        for (; i < x.Length; i++)
        {
            y[i] = f.Value(x[i]);
        }
    }

    /// <summary>Gradient of <see cref="Forward"/>, <c>dx[i] = dy[i] · f'(x[i])</c>.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Gradient<TActivation>(TActivation f, ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dx)
        where TActivation : struct, IActivation
    {
        KernelGuard.SameLength(x, dy);
        KernelGuard.SameLength<float>(dy, dx);
        int i = 0;
        for (; tier != KernelTier.Reference && i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            (Vector.Create(dy[i..]) * f.Derivative(Vector.Create(x[i..]))).CopyTo(dx[i..]);
        }

        for (; i < x.Length; i++)
        {
            dx[i] = dy[i] * f.Derivative(x[i]);
        }
    }
}
