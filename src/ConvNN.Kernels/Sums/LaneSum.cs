using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
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

    /// <summary>The 16 lanes reduced to four, by the steps with halves of 8 and 4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Quarter(ref float lanes)
    {
        return (Load(ref lanes, 0) + Load(ref lanes, 8)) + (Load(ref lanes, 4) + Load(ref lanes, 12));

        static Vector128<float> Load(ref float source, nuint index) => Vector128.LoadUnsafe(ref source, index);
    }
}
