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

    private protected override void ApplyCore(in WeightUpdate update, Span<float> weights, ReadOnlySpan<float> gradients)
    {
        switch (update.Kind)
        {
            case UpdateKind.Descent:
                Descent(weights, gradients, update.DescentStep);
                break;
            case UpdateKind.Momentum:
                Momentum(weights, gradients, update.Buffer, update.MomentumStep);
                break;
            case UpdateKind.RmsProp:
                RmsProp(weights, gradients, update.Squares, update.Means, update.Buffer, update.RmsPropStep);
                break;
            case UpdateKind.Adam:
                Adam(weights, gradients, update.Means, update.Squares, update.AdamStep);
                break;
            case UpdateKind.Lion:
                Lion(weights, gradients, update.Means, update.LionStep);
                break;
            default:
                gradients.CopyTo(weights);
                break;
        }

        if (!update.Average.IsEmpty)
        {
            Average(update.Average, weights, update.AverageShare);
        }
    }

    private protected override void AverageCore(Span<float> average, ReadOnlySpan<float> weights, float share)
    {
        for (int i = 0; i < average.Length; i++)
        {
            average[i] = MathF.FusedMultiplyAdd(share, weights[i] - average[i], average[i]);
        }
    }

    private static void Descent(Span<float> weights, ReadOnlySpan<float> gradients, in DescentStep step)
    {
        bool decays = step.Decay != DecayFactors.None;
        for (int i = 0; i < weights.Length; i++)
        {
            float g = decays ? MathF.FusedMultiplyAdd(step.Decay.Gradient, weights[i], gradients[i]) : gradients[i];
            weights[i] = MathF.FusedMultiplyAdd(-step.LearningRate, g, weights[i] * step.Decay.Weight);
        }
    }

    private static void Momentum(Span<float> weights, ReadOnlySpan<float> gradients, Span<float> buffer, in MomentumStep step)
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

    private static void RmsProp(
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

    private static void Adam(Span<float> weights, ReadOnlySpan<float> gradients, Span<float> means, Span<float> squares, in AdamStep step)
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

    private static void Lion(Span<float> weights, ReadOnlySpan<float> gradients, Span<float> means, in LionStep step)
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
}
