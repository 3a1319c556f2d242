namespace ConvNN.Kernels.Elementwise;

/// <summary>Reference implementation of the elementwise operations.</summary>
internal sealed class ElementwiseReference : ElementwiseKernels
{
    public override void Scale(Span<float> target, float factor)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] *= factor;
        }
    }

    public override void Standardize(Span<float> target, float mean, float deviation)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = (target[i] - mean) / deviation;
        }
    }

    public override bool IsWithin(ReadOnlySpan<float> x, float bound)
    {
        foreach (float value in x)
        {
            if (!(MathF.Abs(value) <= bound))
            {
                return false;
            }
        }

        return true;
    }

    private protected override void PassWherePositiveCore(ReadOnlySpan<float> test, ReadOnlySpan<float> value, Span<float> target)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = test[i] <= 0 ? 0 : value[i];
        }
    }

    private protected override void MultiplyCore(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> target)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = x[i] * y[i];
        }
    }

    private protected override void AddCore(Span<float> target, ReadOnlySpan<float> addend)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] += addend[i];
        }
    }

    private protected override void AddScaledCore(Span<float> target, float factor, ReadOnlySpan<float> x)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = MathF.FusedMultiplyAdd(factor, x[i], target[i]);
        }
    }
}
