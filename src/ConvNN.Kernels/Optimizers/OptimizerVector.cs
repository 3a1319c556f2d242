using System.Runtime.InteropServices;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Optimizers;

/// <summary>The optimizer steps on vectors; the reference implementation handles the tail.</summary>
internal sealed class OptimizerVector<TVector> : OptimizerKernels
    where TVector : struct, IVector<TVector>
{
    private static readonly OptimizerReference Definition = new();

    public override void Clamp(Span<float> values, float limit)
    {
        ref float x = ref MemoryMarshal.GetReference(values);
        TVector high = TVector.Broadcast(limit);
        TVector low = TVector.Broadcast(-limit);
        int whole = WholeVectors(values.Length);
        for (nuint i = 0; i < (nuint)whole; i += (nuint)TVector.Count)
        {
            TVector value = TVector.Load(ref x, i);
            TVector below = TVector.SelectGreater(value, high, high, value);
            TVector.Store(TVector.SelectGreater(low, below, low, below), ref x, i);
        }

        Definition.Clamp(values[whole..], limit);
    }

    private protected override void DescendCore(Span<float> weights, ReadOnlySpan<float> gradients, float learningRate, DecayFactors decay)
    {
        ref float w = ref MemoryMarshal.GetReference(weights);
        ref float gradient = ref MemoryMarshal.GetReference(gradients);
        (TVector lambda, TVector keep) = Factors(decay);
        TVector rate = TVector.Broadcast(-learningRate);
        int whole = WholeVectors(weights.Length);
        for (nuint i = 0; i < (nuint)whole; i += (nuint)TVector.Count)
        {
            TVector weight = TVector.Load(ref w, i);
            TVector g = TVector.MultiplyAdd(lambda, weight, TVector.Load(ref gradient, i));
            TVector.Store(TVector.MultiplyAdd(rate, g, TVector.Multiply(weight, keep)), ref w, i);
        }

        Definition.Descend(weights[whole..], gradients[whole..], learningRate, decay);
    }

    private protected override void MomentumCore(Span<float> weights, ReadOnlySpan<float> gradients, Span<float> buffer, in MomentumStep step)
    {
        ref float w = ref MemoryMarshal.GetReference(weights);
        ref float gradient = ref MemoryMarshal.GetReference(gradients);
        ref float b = ref MemoryMarshal.GetReference(buffer);
        (TVector lambda, TVector keep) = Factors(step.Decay);
        TVector rate = TVector.Broadcast(-step.LearningRate);
        TVector momentum = TVector.Broadcast(step.Momentum);
        bool isNesterov = step.IsNesterov;
        int whole = WholeVectors(weights.Length);
        for (nuint i = 0; i < (nuint)whole; i += (nuint)TVector.Count)
        {
            TVector weight = TVector.Load(ref w, i);
            TVector g = TVector.MultiplyAdd(lambda, weight, TVector.Load(ref gradient, i));
            TVector moved = TVector.MultiplyAdd(momentum, TVector.Load(ref b, i), g);
            TVector.Store(moved, ref b, i);
            TVector direction = isNesterov ? TVector.MultiplyAdd(momentum, moved, g) : moved;
            TVector.Store(TVector.MultiplyAdd(rate, direction, TVector.Multiply(weight, keep)), ref w, i);
        }

        Definition.Momentum(weights[whole..], gradients[whole..], buffer[whole..], step);
    }

    private protected override void RmsPropCore(
        Span<float> weights, ReadOnlySpan<float> gradients, Span<float> squares, Span<float> means, Span<float> buffer, in RmsPropStep step)
    {
        ref float w = ref MemoryMarshal.GetReference(weights);
        ref float gradient = ref MemoryMarshal.GetReference(gradients);
        ref float v = ref MemoryMarshal.GetReference(squares);
        ref float m = ref MemoryMarshal.GetReference(means);
        ref float b = ref MemoryMarshal.GetReference(buffer);
        (bool isCentered, bool hasMomentum) = (!means.IsEmpty, !buffer.IsEmpty);
        (TVector lambda, TVector keep) = Factors(step.Decay);
        TVector rate = TVector.Broadcast(-step.LearningRate);
        TVector alpha = TVector.Broadcast(step.Alpha);
        TVector share = TVector.Broadcast(step.NewShare);
        TVector epsilon = TVector.Broadcast(step.Epsilon);
        (TVector momentum, TVector minus) = (TVector.Broadcast(step.Momentum), TVector.Broadcast(-1));
        int whole = WholeVectors(weights.Length);
        for (nuint i = 0; i < (nuint)whole; i += (nuint)TVector.Count)
        {
            TVector weight = TVector.Load(ref w, i);
            TVector g = TVector.MultiplyAdd(lambda, weight, TVector.Load(ref gradient, i));
            TVector square = TVector.MultiplyAdd(TVector.Multiply(share, g), g, TVector.Multiply(alpha, TVector.Load(ref v, i)));
            TVector.Store(square, ref v, i);
            if (isCentered)
            {
                TVector mean = TVector.MultiplyAdd(share, g, TVector.Multiply(alpha, TVector.Load(ref m, i)));
                TVector.Store(mean, ref m, i);
                TVector variance = TVector.MultiplyAdd(TVector.Multiply(minus, mean), mean, square);
                square = TVector.SelectGreater(variance, TVector.Zero, variance, TVector.Zero);
            }

            TVector direction = TVector.Divide(g, TVector.Add(TVector.SquareRoot(square), epsilon));
            if (hasMomentum)
            {
                direction = TVector.MultiplyAdd(momentum, TVector.Load(ref b, i), direction);
                TVector.Store(direction, ref b, i);
            }

            TVector.Store(TVector.MultiplyAdd(rate, direction, TVector.Multiply(weight, keep)), ref w, i);
        }

        if (whole < weights.Length)
        {
            Definition.RmsProp(
                weights[whole..], gradients[whole..], squares[whole..], isCentered ? means[whole..] : default, hasMomentum ? buffer[whole..] : default, step);
        }
    }

    private protected override void AdamCore(Span<float> weights, ReadOnlySpan<float> gradients, Span<float> means, Span<float> squares, in AdamStep step)
    {
        ref float w = ref MemoryMarshal.GetReference(weights);
        ref float gradient = ref MemoryMarshal.GetReference(gradients);
        ref float m = ref MemoryMarshal.GetReference(means);
        ref float v = ref MemoryMarshal.GetReference(squares);
        (TVector lambda, TVector keep) = Factors(step.Decay);
        TVector size = TVector.Broadcast(-step.StepSize);
        (TVector beta1, TVector share1) = (TVector.Broadcast(step.Beta1), TVector.Broadcast(step.NewShare1));
        (TVector beta2, TVector share2) = (TVector.Broadcast(step.Beta2), TVector.Broadcast(step.NewShare2));
        (TVector scale, TVector epsilon) = (TVector.Broadcast(step.RootScale), TVector.Broadcast(step.Epsilon));
        int whole = WholeVectors(weights.Length);
        for (nuint i = 0; i < (nuint)whole; i += (nuint)TVector.Count)
        {
            TVector weight = TVector.Load(ref w, i);
            TVector g = TVector.MultiplyAdd(lambda, weight, TVector.Load(ref gradient, i));
            TVector mean = TVector.MultiplyAdd(share1, g, TVector.Multiply(beta1, TVector.Load(ref m, i)));
            TVector square = TVector.MultiplyAdd(TVector.Multiply(share2, g), g, TVector.Multiply(beta2, TVector.Load(ref v, i)));
            TVector.Store(mean, ref m, i);
            TVector.Store(square, ref v, i);
            TVector direction = TVector.Divide(mean, TVector.MultiplyAdd(TVector.SquareRoot(square), scale, epsilon));
            TVector.Store(TVector.MultiplyAdd(size, direction, TVector.Multiply(weight, keep)), ref w, i);
        }

        Definition.Adam(weights[whole..], gradients[whole..], means[whole..], squares[whole..], step);
    }

    private protected override void LionCore(Span<float> weights, ReadOnlySpan<float> gradients, Span<float> means, in LionStep step)
    {
        ref float w = ref MemoryMarshal.GetReference(weights);
        ref float gradient = ref MemoryMarshal.GetReference(gradients);
        ref float m = ref MemoryMarshal.GetReference(means);
        (TVector lambda, TVector keep) = Factors(step.Decay);
        TVector rate = TVector.Broadcast(-step.LearningRate);
        (TVector beta1, TVector share1) = (TVector.Broadcast(step.Beta1), TVector.Broadcast(step.NewShare1));
        (TVector beta2, TVector share2) = (TVector.Broadcast(step.Beta2), TVector.Broadcast(step.NewShare2));
        (TVector up, TVector down) = (TVector.Broadcast(1), TVector.Broadcast(-1));
        int whole = WholeVectors(weights.Length);
        for (nuint i = 0; i < (nuint)whole; i += (nuint)TVector.Count)
        {
            TVector weight = TVector.Load(ref w, i);
            TVector g = TVector.MultiplyAdd(lambda, weight, TVector.Load(ref gradient, i));
            TVector mean = TVector.Load(ref m, i);
            TVector u = TVector.MultiplyAdd(share1, g, TVector.Multiply(beta1, mean));
            TVector direction = TVector.SelectGreater(u, TVector.Zero, up, TVector.SelectGreater(TVector.Zero, u, down, TVector.Zero));
            TVector.Store(TVector.MultiplyAdd(share2, g, TVector.Multiply(beta2, mean)), ref m, i);
            TVector.Store(TVector.MultiplyAdd(rate, direction, TVector.Multiply(weight, keep)), ref w, i);
        }

        Definition.Lion(weights[whole..], gradients[whole..], means[whole..], step);
    }

    private protected override void AverageCore(Span<float> average, ReadOnlySpan<float> weights, float share)
    {
        ref float a = ref MemoryMarshal.GetReference(average);
        ref float w = ref MemoryMarshal.GetReference(weights);
        (TVector part, TVector minus) = (TVector.Broadcast(share), TVector.Broadcast(-1));
        int whole = WholeVectors(average.Length);
        for (nuint i = 0; i < (nuint)whole; i += (nuint)TVector.Count)
        {
            TVector old = TVector.Load(ref a, i);
            TVector apart = TVector.MultiplyAdd(minus, old, TVector.Load(ref w, i));     // a difference, rounded once
            TVector.Store(TVector.MultiplyAdd(part, apart, old), ref a, i);
        }

        Definition.Average(average[whole..], weights[whole..], share);
    }

    private static (TVector Lambda, TVector Keep) Factors(DecayFactors decay) => (TVector.Broadcast(decay.Gradient), TVector.Broadcast(decay.Weight));

    private static int WholeVectors(int length) => length & -TVector.Count;
}
