using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Dense;

/// <summary>The forward tile of a fully connected layer if one vector holds the 16 lanes of a sum.</summary>
internal static class WideDots
{
    /// <summary>
    /// Four samples by four adjacent rows of weights: sixteen accumulators, whose lanes are added up in registers, before the biases
    /// are added.
    /// </summary>
    /// <param name="x">The first sample; the others follow <paramref name="stride"/> floats apart.</param>
    /// <param name="w">The first row; the others follow <paramref name="stride"/> floats apart.</param>
    /// <param name="stride">Floats per sample and per row.</param>
    /// <param name="bias">Four biases, or empty for none.</param>
    /// <param name="y">Four outputs of the first sample; those of the others follow <paramref name="outputs"/> floats apart.</param>
    /// <param name="outputs">Floats from the outputs of one sample to those of the next.</param>
    public static void FourByFour(ref float x, ref float w, nuint stride, ReadOnlySpan<float> bias, ref float y, nuint outputs)
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default;
        Vector512<float> b0 = default, b1 = default, b2 = default, b3 = default;
        Vector512<float> c0 = default, c1 = default, c2 = default, c3 = default;
        Vector512<float> d0 = default, d1 = default, d2 = default, d3 = default;
        ref float x2 = ref Unsafe.Add(ref x, 2 * stride);
        ref float w2 = ref Unsafe.Add(ref w, 2 * stride);
        for (nuint i = 0; i < stride; i += Lanes.Count)
        {
            Vector512<float> first = Vector512.LoadUnsafe(ref x, i);
            Vector512<float> second = Vector512.LoadUnsafe(ref x, i + stride);
            Vector512<float> third = Vector512.LoadUnsafe(ref x2, i);
            Vector512<float> fourth = Vector512.LoadUnsafe(ref x2, i + stride);
            Vector512<float> row = Vector512.LoadUnsafe(ref w, i);
            a0 = Vector512.FusedMultiplyAdd(first, row, a0);
            b0 = Vector512.FusedMultiplyAdd(second, row, b0);
            c0 = Vector512.FusedMultiplyAdd(third, row, c0);
            d0 = Vector512.FusedMultiplyAdd(fourth, row, d0);
            row = Vector512.LoadUnsafe(ref w, i + stride);
            a1 = Vector512.FusedMultiplyAdd(first, row, a1);
            b1 = Vector512.FusedMultiplyAdd(second, row, b1);
            c1 = Vector512.FusedMultiplyAdd(third, row, c1);
            d1 = Vector512.FusedMultiplyAdd(fourth, row, d1);
            row = Vector512.LoadUnsafe(ref w2, i);
            a2 = Vector512.FusedMultiplyAdd(first, row, a2);
            b2 = Vector512.FusedMultiplyAdd(second, row, b2);
            c2 = Vector512.FusedMultiplyAdd(third, row, c2);
            d2 = Vector512.FusedMultiplyAdd(fourth, row, d2);
            row = Vector512.LoadUnsafe(ref w2, i + stride);
            a3 = Vector512.FusedMultiplyAdd(first, row, a3);
            b3 = Vector512.FusedMultiplyAdd(second, row, b3);
            c3 = Vector512.FusedMultiplyAdd(third, row, c3);
            d3 = Vector512.FusedMultiplyAdd(fourth, row, d3);
        }

        // Without a bias, −0 is added, which changes no number.
        Vector128<float> added = bias.IsEmpty ? Vector128.Create(-0f) : Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(bias));
        (AddHalves(a0, a1, a2, a3) + added).StoreUnsafe(ref y);
        (AddHalves(b0, b1, b2, b3) + added).StoreUnsafe(ref y, outputs);
        (AddHalves(c0, c1, c2, c3) + added).StoreUnsafe(ref y, 2 * outputs);
        (AddHalves(d0, d1, d2, d3) + added).StoreUnsafe(ref y, 3 * outputs);
    }

    /// <summary>For four adjacent sums, adds the upper half of 16 lanes to the lower half, four times, then <c>0f</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> AddHalves(Vector512<float> s0, Vector512<float> s1, Vector512<float> s2, Vector512<float> s3)
    {
        // Two sums share a vector from here on, then all four.
        Vector256<float> four = Vector256.Create(AddTwo(AddFour(Eight(s0), Eight(s1))), AddTwo(AddFour(Eight(s2), Eight(s3))));
        four = Vector256.Shuffle(four, Vector256.Create(0, 2, 4, 6, 1, 3, 5, 7));
        return four.GetLower() + four.GetUpper() + Vector128<float>.Zero;

        static Vector256<float> Eight(Vector512<float> sum) => sum.GetLower() + sum.GetUpper();

        static Vector256<float> AddFour(Vector256<float> first, Vector256<float> second) =>
            Vector256.Create(first.GetLower(), second.GetLower()) + Vector256.Create(first.GetUpper(), second.GetUpper());

        static Vector128<float> AddTwo(Vector256<float> sums)
        {
            Vector256<float> halves = Vector256.Shuffle(sums, Vector256.Create(0, 1, 4, 5, 2, 3, 6, 7));
            return halves.GetLower() + halves.GetUpper();
        }
    }
}
