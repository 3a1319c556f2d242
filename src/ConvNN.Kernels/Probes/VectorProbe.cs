using System.Runtime.InteropServices;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Probes;

/// <summary>The probes on vectors.</summary>
internal sealed class VectorProbe<TVector> : MachineProbe
    where TVector : struct, IVector<TVector>
{
    public override int OperationsPerRound => 2 * Chains * TVector.Count;

    public override float MultiplyAdds(int rounds)
    {
        // Every chain converges to 2: no value overflows or becomes so small that the processor slows down.
        (TVector factor, TVector addend) = (TVector.Broadcast(0.5f), TVector.Broadcast(1f));
        TVector s0 = TVector.Zero, s1 = addend, s2 = factor, s3 = TVector.Zero, s4 = addend, s5 = factor;
        TVector s6 = TVector.Zero, s7 = addend, s8 = factor, s9 = TVector.Zero, s10 = addend, s11 = factor;
        for (int round = 0; round < rounds; round++)
        {
            s0 = TVector.MultiplyAdd(s0, factor, addend);
            s1 = TVector.MultiplyAdd(s1, factor, addend);
            s2 = TVector.MultiplyAdd(s2, factor, addend);
            s3 = TVector.MultiplyAdd(s3, factor, addend);
            s4 = TVector.MultiplyAdd(s4, factor, addend);
            s5 = TVector.MultiplyAdd(s5, factor, addend);
            s6 = TVector.MultiplyAdd(s6, factor, addend);
            s7 = TVector.MultiplyAdd(s7, factor, addend);
            s8 = TVector.MultiplyAdd(s8, factor, addend);
            s9 = TVector.MultiplyAdd(s9, factor, addend);
            s10 = TVector.MultiplyAdd(s10, factor, addend);
            s11 = TVector.MultiplyAdd(s11, factor, addend);
        }

        return FirstLane(Sum(Sum(s0, s1, s2, s3), Sum(s4, s5, s6, s7), Sum(s8, s9, s10, s11), TVector.Zero));
    }

    public override float Read(ReadOnlySpan<float> source)
    {
        ref float x = ref MemoryMarshal.GetReference(source);
        nuint count = (nuint)TVector.Count;
        TVector s0 = TVector.Zero, s1 = TVector.Zero, s2 = TVector.Zero, s3 = TVector.Zero;
        for (nuint i = 0; i + (4 * count) <= (nuint)source.Length; i += 4 * count)
        {
            s0 = TVector.Add(s0, TVector.Load(ref x, i));
            s1 = TVector.Add(s1, TVector.Load(ref x, i + count));
            s2 = TVector.Add(s2, TVector.Load(ref x, i + (2 * count)));
            s3 = TVector.Add(s3, TVector.Load(ref x, i + (3 * count)));
        }

        return FirstLane(Sum(s0, s1, s2, s3));
    }

    private protected override void TriadCore(Span<float> target, ReadOnlySpan<float> x, ReadOnlySpan<float> y, float factor)
    {
        ref float t = ref MemoryMarshal.GetReference(target);
        ref float left = ref MemoryMarshal.GetReference(x);
        ref float right = ref MemoryMarshal.GetReference(y);
        TVector scale = TVector.Broadcast(factor);
        int whole = target.Length & -TVector.Count;
        for (nuint i = 0; i < (nuint)whole; i += (nuint)TVector.Count)
        {
            TVector.Store(TVector.MultiplyAdd(scale, TVector.Load(ref right, i), TVector.Load(ref left, i)), ref t, i);
        }

        for (int i = whole; i < target.Length; i++)
        {
            target[i] = MathF.FusedMultiplyAdd(factor, y[i], x[i]);
        }
    }

    private static TVector Sum(TVector s0, TVector s1, TVector s2, TVector s3) => TVector.Add(TVector.Add(s0, s1), TVector.Add(s2, s3));

    private static float FirstLane(TVector value)
    {
        Span<float> lanes = stackalloc float[TVector.Count];
        TVector.Store(value, ref MemoryMarshal.GetReference(lanes), 0);
        return lanes[0];
    }
}
