using System.Runtime.InteropServices;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Elementwise;

/// <summary>The elementwise operations on vectors; the reference implementation handles the tail.</summary>
internal sealed class ElementwiseVector<TVector> : ElementwiseKernels
    where TVector : struct, IVector<TVector>
{
    private static readonly ElementwiseReference Definition = new();

    public override void Scale(Span<float> target, float factor)
    {
        ref float t = ref MemoryMarshal.GetReference(target);
        TVector scale = TVector.Broadcast(factor);
        int whole = WholeVectors(target.Length);
        for (nuint i = 0; i < (nuint)whole; i += (nuint)TVector.Count)
        {
            TVector.Store(TVector.Multiply(TVector.Load(ref t, i), scale), ref t, i);
        }

        Definition.Scale(target[whole..], factor);
    }

    public override void Standardize(Span<float> target, float mean, float deviation)
    {
        ref float t = ref MemoryMarshal.GetReference(target);
        (TVector shift, TVector divisor) = (TVector.Broadcast(-mean), TVector.Broadcast(deviation));
        int whole = WholeVectors(target.Length);
        for (nuint i = 0; i < (nuint)whole; i += (nuint)TVector.Count)
        {
            TVector.Store(TVector.Divide(TVector.Add(TVector.Load(ref t, i), shift), divisor), ref t, i);
        }

        Definition.Standardize(target[whole..], mean, deviation);
    }

    public override bool IsWithin(ReadOnlySpan<float> x, float bound)
    {
        ref float source = ref MemoryMarshal.GetReference(x);
        TVector limit = TVector.Broadcast(bound);
        int whole = WholeVectors(x.Length);
        for (nuint i = 0; i < (nuint)whole; i += (nuint)TVector.Count)
        {
            if (!TVector.IsWithin(TVector.Load(ref source, i), limit))
            {
                return false;
            }
        }

        return Definition.IsWithin(x[whole..], bound);
    }

    private protected override void PassWherePositiveCore(ReadOnlySpan<float> test, ReadOnlySpan<float> value, Span<float> target)
    {
        ref float left = ref MemoryMarshal.GetReference(test);
        ref float right = ref MemoryMarshal.GetReference(value);
        ref float t = ref MemoryMarshal.GetReference(target);
        int whole = WholeVectors(target.Length);
        for (nuint i = 0; i < (nuint)whole; i += (nuint)TVector.Count)
        {
            TVector.Store(TVector.ZeroWhereNotPositive(TVector.Load(ref left, i), TVector.Load(ref right, i)), ref t, i);
        }

        Definition.ReluGradient(test[whole..], value[whole..], target[whole..]);
    }

    private protected override void MultiplyCore(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> target)
    {
        ref float left = ref MemoryMarshal.GetReference(x);
        ref float right = ref MemoryMarshal.GetReference(y);
        ref float t = ref MemoryMarshal.GetReference(target);
        int whole = WholeVectors(target.Length);
        for (nuint i = 0; i < (nuint)whole; i += (nuint)TVector.Count)
        {
            TVector.Store(TVector.Multiply(TVector.Load(ref left, i), TVector.Load(ref right, i)), ref t, i);
        }

        Definition.Multiply(x[whole..], y[whole..], target[whole..]);
    }

    private protected override void AddCore(Span<float> target, ReadOnlySpan<float> addend)
    {
        ref float t = ref MemoryMarshal.GetReference(target);
        ref float source = ref MemoryMarshal.GetReference(addend);
        int whole = WholeVectors(target.Length);
        for (nuint i = 0; i < (nuint)whole; i += (nuint)TVector.Count)
        {
            TVector.Store(TVector.Add(TVector.Load(ref t, i), TVector.Load(ref source, i)), ref t, i);
        }

        Definition.Add(target[whole..], addend[whole..]);
    }

    private protected override void AddScaledCore(Span<float> target, float factor, ReadOnlySpan<float> x)
    {
        ref float t = ref MemoryMarshal.GetReference(target);
        ref float source = ref MemoryMarshal.GetReference(x);
        TVector scale = TVector.Broadcast(factor);
        int whole = WholeVectors(target.Length);
        for (nuint i = 0; i < (nuint)whole; i += (nuint)TVector.Count)
        {
            TVector.Store(TVector.MultiplyAdd(scale, TVector.Load(ref source, i), TVector.Load(ref t, i)), ref t, i);
        }

        Definition.AddScaled(target[whole..], factor, x[whole..]);
    }

    private static int WholeVectors(int length) => length & -TVector.Count;
}
