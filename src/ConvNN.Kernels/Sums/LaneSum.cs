using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Sums;

/// <summary>Sums along 16 lanes.</summary>
internal static class LaneSum
{
    /// <summary>
    /// <c>Σ_i x[i] · w[i]</c> from i = <paramref name="first"/>: lane l is a chain of fused multiply-adds over i ≡ l (mod 16) from +0. Then the upper half of the
    /// lanes is added to the lower half, four times.
    /// </summary>
    public static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> w, int first)
    {
        Span<float> lanes = stackalloc float[Lanes.Count];
        lanes.Clear();
        for (int i = first; i < x.Length; i++)
        {
            lanes[i % Lanes.Count] = MathF.FusedMultiplyAdd(x[i], w[i], lanes[i % Lanes.Count]);
        }

        return AddHalves(lanes);
    }

    /// <summary>Adds the upper half of the lanes to the lower half, four times, in place, then <c>0f</c>.</summary>
    public static float AddHalves(Span<float> lanes)
    {
        for (int half = Lanes.Count / 2; half > 0; half /= 2)
        {
            for (int l = 0; l < half; l++)
            {
                lanes[l] += lanes[l + half];
            }
        }

        return lanes[0] + 0f;
    }

    /// <summary>The same for adjacent sums of 16 lanes; their number is a multiple of 16.</summary>
    public static void AddHalves(ReadOnlySpan<float> lanes, Span<float> sums)
    {
        ref float first = ref MemoryMarshal.GetReference(lanes[..(sums.Length * Lanes.Count)]);
        ref float sum = ref MemoryMarshal.GetReference(sums);
        int step = Vector512.IsHardwareAccelerated ? 16 : Avx.IsSupported ? 8 : 4;
        for (int i = 0; i < sums.Length; i += step)
        {
            ref float group = ref Unsafe.Add(ref first, i * Lanes.Count);
            if (Vector512.IsHardwareAccelerated)
            {
                WideLaneSum.AddHalves(ref group).StoreUnsafe(ref sum, (nuint)i);
            }
            else if (Avx.IsSupported)
            {
                AddHalvesOfEight(ref group).StoreUnsafe(ref sum, (nuint)i);
            }
            else
            {
                AddHalves(ref group).StoreUnsafe(ref sum, (nuint)i);
            }
        }
    }

    /// <summary>The same for four adjacent sums of 16 lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> AddHalves(ref float lanes)
    {
        // Two sums per vector: lanes 0 and 1 of each, after the steps with halves of 8, 4 and 2.
        Vector128<float> left = AddTwo(Quarter(ref lanes), Quarter(ref Unsafe.Add(ref lanes, Lanes.Count)));
        Vector128<float> right = AddTwo(Quarter(ref Unsafe.Add(ref lanes, 2 * Lanes.Count)), Quarter(ref Unsafe.Add(ref lanes, 3 * Lanes.Count)));
        left = Vector128.Shuffle(left, Vector128.Create(0, 2, 1, 3));
        right = Vector128.Shuffle(right, Vector128.Create(0, 2, 1, 3));
        return AddTwo(left, right) + Vector128<float>.Zero;

        static Vector128<float> AddTwo(Vector128<float> first, Vector128<float> second) =>
            Vector128.Create(first.GetLower(), second.GetLower()) + Vector128.Create(first.GetUpper(), second.GetUpper());
    }

    /// <summary>The same for eight adjacent sums of 16 lanes, in the instructions of AVX.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> AddHalvesOfEight(ref float lanes)
    {
        // Two vectors become one with half of the lanes of each, three times.
        Vector256<float> left = AddTwos(AddFours(Half(ref lanes, 0), Half(ref lanes, 4)), AddFours(Half(ref lanes, 1), Half(ref lanes, 5)));
        Vector256<float> right = AddTwos(AddFours(Half(ref lanes, 2), Half(ref lanes, 6)), AddFours(Half(ref lanes, 3), Half(ref lanes, 7)));
        return Avx.Shuffle(left, right, 0b10_00_10_00) + Avx.Shuffle(left, right, 0b11_01_11_01) + Vector256<float>.Zero;

        static Vector256<float> Half(ref float source, nuint sum) =>
            Vector256.LoadUnsafe(ref source, sum * Lanes.Count) + Vector256.LoadUnsafe(ref source, (sum * Lanes.Count) + 8);

        static Vector256<float> AddFours(Vector256<float> first, Vector256<float> second) =>
            Avx.Permute2x128(first, second, 0x20) + Avx.Permute2x128(first, second, 0x31);

        static Vector256<float> AddTwos(Vector256<float> first, Vector256<float> second) =>
            Avx.Shuffle(first, second, 0b01_00_01_00) + Avx.Shuffle(first, second, 0b11_10_11_10);
    }

    /// <summary>The 16 lanes reduced to four, by the steps with halves of 8 and 4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Quarter(ref float lanes)
    {
        return (Load(ref lanes, 0) + Load(ref lanes, 8)) + (Load(ref lanes, 4) + Load(ref lanes, 12));

        static Vector128<float> Load(ref float source, nuint index) => Vector128.LoadUnsafe(ref source, index);
    }
}
