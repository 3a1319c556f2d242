using System.Runtime.CompilerServices;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Convolution;

/// <summary>
/// Chains whose lanes are the outputs of one position (filters or channels), so short rows do not leave vectors idle. Positions are
/// processed in the order of the plane, first to last; those between two rows of outputs are computed too and then discarded.
/// </summary>
/// <remarks>Twelve chains at a time hide the latency of a multiply-add and fit in sixteen registers.</remarks>
internal static class PositionSums<TVector>
    where TVector : struct, IVector<TVector>
{
    /// <summary>Maximum number of positions past the last that a call may compute, and for which it reads the plane.</summary>
    public const int Overhang = OneVectorPositions - 1;

    private const int TwoVectorPositions = 6;
    private const int OneVectorPositions = 12;

    /// <summary>Floats of a row of sums: the outputs, rounded up to whole vectors.</summary>
    public static int Stride(int outputs) => (outputs + TVector.Count - 1) & -TVector.Count;

    /// <summary>Floats for the weights of <paramref name="taps"/> taps and the start values of the chains.</summary>
    public static int WeightsLength(int taps, int outputs) => checked((taps + 1) * Stride(outputs));

    /// <summary>Floats of the sums.</summary>
    public static int SumsLength(int positions, int outputs) => checked((positions + Overhang) * Stride(outputs));

    /// <summary>Index of a weight. Weights are stored in blocks of two vectors (the last may be one), with a row for each tap.</summary>
    public static int WeightAt(int tap, int output, int taps, int outputs)
    {
        int block = output & -(2 * TVector.Count);
        int width = Math.Min(2 * TVector.Count, Stride(outputs) - block);
        return (block * (taps + 1)) + (tap * width) + (output - block);
    }

    /// <summary><c>sums[p, o] = start[o] + Σ_t plane[p + offsets[t]] · weights[t, o] + 0f</c>, one chain over t.</summary>
    /// <param name="plane">The inputs, with space for <see cref="Overhang"/> more positions at the end.</param>
    /// <param name="offsets">The offset of each tap from its position.</param>
    /// <param name="weights">Ordered by <see cref="WeightAt"/>; the start values of the chains follow the last tap.</param>
    /// <param name="sums">[positions, <see cref="Stride"/>].</param>
    /// <param name="positions">Number of positions.</param>
    /// <param name="outputs">Number of outputs per position.</param>
    public static void Compute(ref float plane, ReadOnlySpan<int> offsets, ref float weights, ref float sums, int positions, int outputs)
    {
        int stride = Stride(outputs);
        for (int o = 0; o < stride; o += 2 * TVector.Count)
        {
            ref float block = ref Unsafe.Add(ref weights, o * (offsets.Length + 1));
            if (stride - o > TVector.Count)
            {
                for (int p = 0; p < positions; p += TwoVectorPositions)
                {
                    TwoVectors(ref Unsafe.Add(ref plane, p), offsets, ref block, ref Unsafe.Add(ref sums, (p * stride) + o), stride);
                }
            }
            else
            {
                for (int p = 0; p < positions; p += OneVectorPositions)
                {
                    OneVector(ref Unsafe.Add(ref plane, p), offsets, ref block, ref Unsafe.Add(ref sums, (p * stride) + o), stride);
                }
            }
        }
    }

    private static void TwoVectors(ref float plane, ReadOnlySpan<int> offsets, ref float weights, ref float sums, int stride)
    {
        nuint lanes = (nuint)TVector.Count;
        ref float start = ref Unsafe.Add(ref weights, offsets.Length * 2 * TVector.Count);
        TVector a0 = TVector.Load(ref start, 0), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0;
        TVector b0 = TVector.Load(ref start, lanes), b1 = b0, b2 = b0, b3 = b0, b4 = b0, b5 = b0;
        ref float weight = ref weights;
        for (int t = 0; t < offsets.Length; t++)
        {
            ref float x = ref Unsafe.Add(ref plane, offsets[t]);
            TVector a = TVector.Load(ref weight, 0), b = TVector.Load(ref weight, lanes);
            TVector input = TVector.Broadcast(x);
            a0 = TVector.MultiplyAdd(input, a, a0);
            b0 = TVector.MultiplyAdd(input, b, b0);
            input = TVector.Broadcast(Unsafe.Add(ref x, 1));
            a1 = TVector.MultiplyAdd(input, a, a1);
            b1 = TVector.MultiplyAdd(input, b, b1);
            input = TVector.Broadcast(Unsafe.Add(ref x, 2));
            a2 = TVector.MultiplyAdd(input, a, a2);
            b2 = TVector.MultiplyAdd(input, b, b2);
            input = TVector.Broadcast(Unsafe.Add(ref x, 3));
            a3 = TVector.MultiplyAdd(input, a, a3);
            b3 = TVector.MultiplyAdd(input, b, b3);
            input = TVector.Broadcast(Unsafe.Add(ref x, 4));
            a4 = TVector.MultiplyAdd(input, a, a4);
            b4 = TVector.MultiplyAdd(input, b, b4);
            input = TVector.Broadcast(Unsafe.Add(ref x, 5));
            a5 = TVector.MultiplyAdd(input, a, a5);
            b5 = TVector.MultiplyAdd(input, b, b5);
            weight = ref Unsafe.Add(ref weight, 2 * TVector.Count);
        }

        VectorTile<TVector>.Store(a0, a1, a2, a3, ref sums, stride);
        VectorTile<TVector>.Store(b0, b1, b2, b3, ref Unsafe.Add(ref sums, TVector.Count), stride);
        sums = ref Unsafe.Add(ref sums, 4 * stride);
        VectorTile<TVector>.Store(a4, b4, ref sums);
        VectorTile<TVector>.Store(a5, b5, ref Unsafe.Add(ref sums, stride));
    }

    private static void OneVector(ref float plane, ReadOnlySpan<int> offsets, ref float weights, ref float sums, int stride)
    {
        TVector s0 = TVector.Load(ref Unsafe.Add(ref weights, offsets.Length * TVector.Count), 0), s1 = s0, s2 = s0, s3 = s0;
        TVector s4 = s0, s5 = s0, s6 = s0, s7 = s0, s8 = s0, s9 = s0, s10 = s0, s11 = s0;
        ref float row = ref weights;
        for (int t = 0; t < offsets.Length; t++)
        {
            ref float x = ref Unsafe.Add(ref plane, offsets[t]);
            TVector weight = TVector.Load(ref row, 0);
            s0 = TVector.MultiplyAdd(TVector.Broadcast(x), weight, s0);
            s1 = TVector.MultiplyAdd(TVector.Broadcast(Unsafe.Add(ref x, 1)), weight, s1);
            s2 = TVector.MultiplyAdd(TVector.Broadcast(Unsafe.Add(ref x, 2)), weight, s2);
            s3 = TVector.MultiplyAdd(TVector.Broadcast(Unsafe.Add(ref x, 3)), weight, s3);
            s4 = TVector.MultiplyAdd(TVector.Broadcast(Unsafe.Add(ref x, 4)), weight, s4);
            s5 = TVector.MultiplyAdd(TVector.Broadcast(Unsafe.Add(ref x, 5)), weight, s5);
            s6 = TVector.MultiplyAdd(TVector.Broadcast(Unsafe.Add(ref x, 6)), weight, s6);
            s7 = TVector.MultiplyAdd(TVector.Broadcast(Unsafe.Add(ref x, 7)), weight, s7);
            s8 = TVector.MultiplyAdd(TVector.Broadcast(Unsafe.Add(ref x, 8)), weight, s8);
            s9 = TVector.MultiplyAdd(TVector.Broadcast(Unsafe.Add(ref x, 9)), weight, s9);
            s10 = TVector.MultiplyAdd(TVector.Broadcast(Unsafe.Add(ref x, 10)), weight, s10);
            s11 = TVector.MultiplyAdd(TVector.Broadcast(Unsafe.Add(ref x, 11)), weight, s11);
            row = ref Unsafe.Add(ref row, TVector.Count);
        }

        VectorTile<TVector>.Store(s0, s1, s2, s3, ref sums, stride);
        VectorTile<TVector>.Store(s4, s5, s6, s7, ref Unsafe.Add(ref sums, 4 * stride), stride);
        VectorTile<TVector>.Store(s8, s9, s10, s11, ref Unsafe.Add(ref sums, 8 * stride), stride);
    }
}
