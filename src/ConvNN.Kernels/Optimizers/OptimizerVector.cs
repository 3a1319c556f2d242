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

    private protected override void ApplyCore(in WeightUpdate update, Span<float> weights, ReadOnlySpan<float> gradients)
    {
        int whole = WholeVectors(weights.Length), rest = weights.Length - whole;
        VectorLoop loop = new(weights[..whole], gradients);
        VectorUpdate.Run<TVector, VectorLoop>(update, ref loop);
        if (rest > 0)
        {
            Definition.Apply(update.Slice(whole, rest), weights[whole..], gradients[whole..]);
        }
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

    private static int WholeVectors(int length) => length & -TVector.Count;

    /// <summary>Applies an update to whole vectors.</summary>
    private readonly ref struct VectorLoop(Span<float> weights, ReadOnlySpan<float> gradients) : IUpdateLoop<TVector>
    {
        private readonly Span<float> _weights = weights;
        private readonly ReadOnlySpan<float> _gradients = gradients;

        public void Run<TUpdate>(scoped ref TUpdate update)
            where TUpdate : IVectorUpdate<TVector>, allows ref struct
        {
            ref float w = ref MemoryMarshal.GetReference(_weights);
            ref float gradient = ref MemoryMarshal.GetReference(_gradients);
            nuint length = (nuint)_weights.Length;

            // A copy stays in registers; what the reference leads to would be loaded again after each store.
            TUpdate own = update;
            for (nuint i = 0; i < length; i += (nuint)TVector.Count)
            {
                own.Apply(TVector.Load(ref gradient, i), ref w, i, default(WholeStore<TVector>));
            }
        }
    }
}
