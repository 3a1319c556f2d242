namespace ConvNN.Kernels.Optimizers;

/// <summary>Reference implementation of the optimizer steps.</summary>
internal sealed class OptimizerReference : OptimizerKernels
{
    public override void Clamp(Span<float> values, float limit)
    {
        for (int i = 0; i < values.Length; i++)
        {
            float below = values[i] > limit ? limit : values[i];
            values[i] = -limit > below ? -limit : below;
        }
    }

    private protected override void DescendCore(Span<float> weights, ReadOnlySpan<float> gradients, float learningRate, DecayFactors decay)
    {
        for (int i = 0; i < weights.Length; i++)
        {
            float g = MathF.FusedMultiplyAdd(decay.Gradient, weights[i], gradients[i]);
            weights[i] = MathF.FusedMultiplyAdd(-learningRate, g, weights[i] * decay.Weight);
        }
    }

    private protected override void MomentumCore(Span<float> weights, ReadOnlySpan<float> gradients, Span<float> buffer, in MomentumStep step)
    {
        for (int i = 0; i < weights.Length; i++)
        {
            float g = MathF.FusedMultiplyAdd(step.Decay.Gradient, weights[i], gradients[i]);
            float b = MathF.FusedMultiplyAdd(step.Momentum, buffer[i], g);
            buffer[i] = b;
            float direction = step.IsNesterov ? MathF.FusedMultiplyAdd(step.Momentum, b, g) : b;
            weights[i] = MathF.FusedMultiplyAdd(-step.LearningRate, direction, weights[i] * step.Decay.Weight);
        }
    }

    private protected override void RmsPropCore(
        Span<float> weights, ReadOnlySpan<float> gradients, Span<float> squares, Span<float> means, Span<float> buffer, in RmsPropStep step)
    {
        for (int i = 0; i < weights.Length; i++)
        {
            float g = MathF.FusedMultiplyAdd(step.Decay.Gradient, weights[i], gradients[i]);
            float v = MathF.FusedMultiplyAdd(step.NewShare * g, g, step.Alpha * squares[i]);
            squares[i] = v;
            if (!means.IsEmpty)
            {
                float m = MathF.FusedMultiplyAdd(step.NewShare, g, step.Alpha * means[i]);
                means[i] = m;
                float variance = MathF.FusedMultiplyAdd(-m, m, v);
                v = variance > 0 ? variance : 0;
            }

            float direction = g / (MathF.Sqrt(v) + step.Epsilon);
            if (!buffer.IsEmpty)
            {
                direction = MathF.FusedMultiplyAdd(step.Momentum, buffer[i], direction);
                buffer[i] = direction;
            }

            weights[i] = MathF.FusedMultiplyAdd(-step.LearningRate, direction, weights[i] * step.Decay.Weight);
        }
    }

    private protected override void AdamCore(Span<float> weights, ReadOnlySpan<float> gradients, Span<float> means, Span<float> squares, in AdamStep step)
    {
        for (int i = 0; i < weights.Length; i++)
        {
            float g = MathF.FusedMultiplyAdd(step.Decay.Gradient, weights[i], gradients[i]);
            float m = MathF.FusedMultiplyAdd(step.NewShare1, g, step.Beta1 * means[i]);
            float v = MathF.FusedMultiplyAdd(step.NewShare2 * g, g, step.Beta2 * squares[i]);
            (means[i], squares[i]) = (m, v);
            float direction = m / MathF.FusedMultiplyAdd(MathF.Sqrt(v), step.RootScale, step.Epsilon);
            weights[i] = MathF.FusedMultiplyAdd(-step.StepSize, direction, weights[i] * step.Decay.Weight);
        }
    }

    private protected override void LionCore(Span<float> weights, ReadOnlySpan<float> gradients, Span<float> means, in LionStep step)
    {
        for (int i = 0; i < weights.Length; i++)
        {
            float g = MathF.FusedMultiplyAdd(step.Decay.Gradient, weights[i], gradients[i]);
            float u = MathF.FusedMultiplyAdd(step.NewShare1, g, step.Beta1 * means[i]);
            float direction = u > 0 ? 1 : 0 > u ? -1 : 0;
            means[i] = MathF.FusedMultiplyAdd(step.NewShare2, g, step.Beta2 * means[i]);
            weights[i] = MathF.FusedMultiplyAdd(-step.LearningRate, direction, weights[i] * step.Decay.Weight);
        }
    }

    private protected override void AverageCore(Span<float> average, ReadOnlySpan<float> weights, float share)
    {
        for (int i = 0; i < average.Length; i++)
        {
            average[i] = MathF.FusedMultiplyAdd(share, weights[i] - average[i], average[i]);
        }
    }
}
