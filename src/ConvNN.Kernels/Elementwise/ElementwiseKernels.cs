using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Elementwise;

/// <summary>
/// Operations where element i of the result depends only on element i of the operands, so a span can be split anywhere. Every
/// implementation gives the bits of <see cref="KernelTier.Reference"/>. An operand may also be the target.
/// </summary>
public abstract class ElementwiseKernels
{
    /// <summary>ReLU, <c>y[i] = x[i] ≤ 0 ? 0 : x[i]</c>; NaN stays NaN, so faults remain visible.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Relu(ReadOnlySpan<float> x, Span<float> y)
    {
        KernelGuard.SameLength<float>(x, y);
        PassWherePositiveCore(x, x, y);
    }

    /// <summary>Gradient of <see cref="Relu"/>, <c>dx[i] = y[i] ≤ 0 ? 0 : dy[i]</c>.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void ReluGradient(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx)
    {
        KernelGuard.SameLength(y, dy);
        KernelGuard.SameLength<float>(dy, dx);
        PassWherePositiveCore(y, dy, dx);
    }

    /// <summary><c>target[i] ← target[i] + addend[i]</c>.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Add(Span<float> target, ReadOnlySpan<float> addend)
    {
        KernelGuard.SameLength(target, addend);
        AddCore(target, addend);
    }

    /// <summary><c>target[i] = x[i] · y[i]</c>.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Multiply(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> target)
    {
        KernelGuard.SameLength(x, y);
        KernelGuard.SameLength<float>(x, target);
        MultiplyCore(x, y, target);
    }

    /// <summary><c>target[i] ← target[i] · factor</c>.</summary>
    public abstract void Scale(Span<float> target, float factor);

    /// <summary><c>target[i] ← (target[i] − mean) / deviation</c>.</summary>
    public abstract void Standardize(Span<float> target, float mean, float deviation);

    /// <summary>BLAS-1 <c>axpy</c>: <c>target[i] ← factor · x[i] + target[i]</c>, rounded once.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void AddScaled(Span<float> target, float factor, ReadOnlySpan<float> x)
    {
        KernelGuard.SameLength(target, x);
        AddScaledCore(target, factor, x);
    }

    /// <summary>Whether <c>|x[i]| ≤ bound</c> for every element; false if any element is NaN.</summary>
    public abstract bool IsWithin(ReadOnlySpan<float> x, float bound);

    /// <summary>Index of the first NaN or infinity, or −1 if every element is finite.</summary>
    public int IndexOfNonFinite(ReadOnlySpan<float> x)
    {
        if (IsWithin(x, float.MaxValue))
        {
            return -1;
        }

        int i = 0;
        while (float.IsFinite(x[i]))
        {
            i++;
        }

        return i;
    }

    private protected abstract void PassWherePositiveCore(ReadOnlySpan<float> test, ReadOnlySpan<float> value, Span<float> target);

    private protected abstract void MultiplyCore(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> target);

    private protected abstract void AddCore(Span<float> target, ReadOnlySpan<float> addend);

    private protected abstract void AddScaledCore(Span<float> target, float factor, ReadOnlySpan<float> x);
}
