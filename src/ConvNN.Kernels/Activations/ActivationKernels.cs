using System.Numerics;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Activations;

/// <summary>
/// Elementwise activation functions. <see cref="KernelTier.Reference"/> uses the scalar functions; the other tiers use vectors of
/// the machine's native width, with the same bits. An operand may also be the target.
/// </summary>
/// <param name="tier">The tier to use.</param>
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
