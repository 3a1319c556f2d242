using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Dense;

/// <summary>The forward tile of a fully connected layer if one vector holds the 16 lanes of a sum.</summary>
internal static class WideDots
{
    /// <summary>Samples of a tile.</summary>
    public const int Samples = 5;

    /// <summary>
    /// A leaf of inputs for five samples by four adjacent rows of weights: twenty accumulators, whose lanes are added up in registers.
    /// </summary>
    /// <param name="x">The first sample; the others follow <paramref name="apart"/> floats apart.</param>
    /// <param name="apart">Floats per sample.</param>
    /// <param name="w">The first row; the others follow <paramref name="stride"/> floats apart.</param>
    /// <param name="stride">Floats per row.</param>
    /// <param name="length">Columns, in whole lanes.</param>
    /// <param name="sums">Receives [5, 4], four floats of each sample <paramref name="sumStride"/> floats apart.</param>
    /// <param name="sumStride">Floats from one sample's sums to the next.</param>
    public static void FiveByFour(ref float x, nuint apart, ref float w, nuint stride, int length, ref float sums, nuint sumStride)
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default;
        Vector512<float> b0 = default, b1 = default, b2 = default, b3 = default;
        Vector512<float> c0 = default, c1 = default, c2 = default, c3 = default;
        Vector512<float> d0 = default, d1 = default, d2 = default, d3 = default;
        Vector512<float> e0 = default, e1 = default, e2 = default, e3 = default;
        ref float x3 = ref Unsafe.Add(ref x, 3 * apart);
        ref float w2 = ref Unsafe.Add(ref w, 2 * stride);
        for (nuint i = 0; i < (nuint)length; i += Lanes.Count)
        {
            Vector512<float> r0 = Vector512.LoadUnsafe(ref w, i), r1 = Vector512.LoadUnsafe(ref w, i + stride);
            Vector512<float> r2 = Vector512.LoadUnsafe(ref w2, i), r3 = Vector512.LoadUnsafe(ref w2, i + stride);
            Vector512<float> sample = Vector512.LoadUnsafe(ref x, i);
            a0 = Vector512.FusedMultiplyAdd(sample, r0, a0);
            a1 = Vector512.FusedMultiplyAdd(sample, r1, a1);
            a2 = Vector512.FusedMultiplyAdd(sample, r2, a2);
            a3 = Vector512.FusedMultiplyAdd(sample, r3, a3);
            sample = Vector512.LoadUnsafe(ref x, i + apart);
            b0 = Vector512.FusedMultiplyAdd(sample, r0, b0);
            b1 = Vector512.FusedMultiplyAdd(sample, r1, b1);
            b2 = Vector512.FusedMultiplyAdd(sample, r2, b2);
            b3 = Vector512.FusedMultiplyAdd(sample, r3, b3);
            sample = Vector512.LoadUnsafe(ref x, i + (2 * apart));
            c0 = Vector512.FusedMultiplyAdd(sample, r0, c0);
            c1 = Vector512.FusedMultiplyAdd(sample, r1, c1);
            c2 = Vector512.FusedMultiplyAdd(sample, r2, c2);
            c3 = Vector512.FusedMultiplyAdd(sample, r3, c3);
            sample = Vector512.LoadUnsafe(ref x3, i);
            d0 = Vector512.FusedMultiplyAdd(sample, r0, d0);
            d1 = Vector512.FusedMultiplyAdd(sample, r1, d1);
            d2 = Vector512.FusedMultiplyAdd(sample, r2, d2);
            d3 = Vector512.FusedMultiplyAdd(sample, r3, d3);
            sample = Vector512.LoadUnsafe(ref x3, i + apart);
            e0 = Vector512.FusedMultiplyAdd(sample, r0, e0);
            e1 = Vector512.FusedMultiplyAdd(sample, r1, e1);
            e2 = Vector512.FusedMultiplyAdd(sample, r2, e2);
            e3 = Vector512.FusedMultiplyAdd(sample, r3, e3);
        }

        Vector512<float> four = WideLaneSum.AddHalves(a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3);
        four.GetLower().GetLower().StoreUnsafe(ref sums);
        four.GetLower().GetUpper().StoreUnsafe(ref sums, sumStride);
        four.GetUpper().GetLower().StoreUnsafe(ref sums, 2 * sumStride);
        four.GetUpper().GetUpper().StoreUnsafe(ref sums, 3 * sumStride);
        WideLaneSum.AddHalves(e0, e1, e2, e3).StoreUnsafe(ref sums, 4 * sumStride);
    }
}
