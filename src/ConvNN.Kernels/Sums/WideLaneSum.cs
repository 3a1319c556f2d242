using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Sums;

/// <summary>Sums along 16 lanes that one vector holds, for many vectors at once; see <see cref="LaneSum"/>.</summary>
/// <remarks>
/// Two vectors become one, which has half of the lanes of each, each the sum of two. A lane that stays in its place is taken by a
/// blend, which is cheaper than a shuffle; its partner comes from a shuffle, and the order of two summands does not matter.
/// </remarks>
internal static class WideLaneSum
{
    /// <summary>The sums of 16 vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> AddHalves(
        Vector512<float> v0,
        Vector512<float> v1,
        Vector512<float> v2,
        Vector512<float> v3,
        Vector512<float> v4,
        Vector512<float> v5,
        Vector512<float> v6,
        Vector512<float> v7,
        Vector512<float> v8,
        Vector512<float> v9,
        Vector512<float> v10,
        Vector512<float> v11,
        Vector512<float> v12,
        Vector512<float> v13,
        Vector512<float> v14,
        Vector512<float> v15)
    {
        Vector512<float> even = Twos(Fours(Eights(v0, v8), Eights(v4, v12)), Fours(Eights(v2, v10), Eights(v6, v14)));
        Vector512<float> odd = Twos(Fours(Eights(v1, v9), Eights(v5, v13)), Fours(Eights(v3, v11), Eights(v7, v15)));
        return Ones(even, odd) + Vector512<float>.Zero;
    }

    /// <summary>The sums of four vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> AddHalves(Vector512<float> v0, Vector512<float> v1, Vector512<float> v2, Vector512<float> v3)
    {
        Vector512<float> four = Fours(Eights(v0, v2), Eights(v1, v3));
        four = Twos(four, four);
        four = Ones(four, four) + Vector512<float>.Zero;
        return Vector512.Shuffle(four, Vector512.Create(0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12)).GetLower().GetLower();
    }

    /// <summary>The sums of 16 adjacent groups of 16 floats.</summary>
    public static Vector512<float> AddHalves(ref float lanes)
    {
        return AddHalves(
            Load(ref lanes, 0),
            Load(ref lanes, 1),
            Load(ref lanes, 2),
            Load(ref lanes, 3),
            Load(ref lanes, 4),
            Load(ref lanes, 5),
            Load(ref lanes, 6),
            Load(ref lanes, 7),
            Load(ref lanes, 8),
            Load(ref lanes, 9),
            Load(ref lanes, 10),
            Load(ref lanes, 11),
            Load(ref lanes, 12),
            Load(ref lanes, 13),
            Load(ref lanes, 14),
            Load(ref lanes, 15));

        static Vector512<float> Load(ref float lanes, nuint group) => Vector512.LoadUnsafe(ref lanes, Lanes.Count * group);
    }

    /// <summary>Adds lanes that are 8 apart: the result has first's sums in its lower half, second's in its upper.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Eights(Vector512<float> first, Vector512<float> second) =>
        Blend(0xFF00, first, second) + (Avx512F.IsSupported
            ? Avx512F.Shuffle4x128(first, second, 0b01_00_11_10)
            : Vector512.Create(first.GetUpper(), second.GetLower()));

    /// <summary>Adds lanes that are 4 apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Fours(Vector512<float> first, Vector512<float> second) =>
        Blend(0xF0F0, first, second) + Pick(first, second, Vector512.Create(4, 5, 6, 7, 16, 17, 18, 19, 12, 13, 14, 15, 24, 25, 26, 27));

    /// <summary>Adds lanes that are 2 apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Twos(Vector512<float> first, Vector512<float> second) =>
        Blend(0xCCCC, first, second) + (Avx512F.IsSupported
            ? Avx512F.Shuffle(first, second, 0b01_00_11_10)
            : Pick(first, second, Vector512.Create(2, 3, 16, 17, 6, 7, 20, 21, 10, 11, 24, 25, 14, 15, 28, 29)));

    /// <summary>Adds neighbouring lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Ones(Vector512<float> first, Vector512<float> second) =>
        Blend(0xAAAA, first, second) + Pick(first, second, Vector512.Create(1, 16, 3, 18, 5, 20, 7, 22, 9, 24, 11, 26, 13, 28, 15, 30));

    /// <summary>Lanes of second where the mask has ones, and of first elsewhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Blend(int mask, Vector512<float> first, Vector512<float> second)
    {
        Vector512<int> bits = Vector512.Create(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768) & Vector512.Create(mask);
        return Vector512.ConditionalSelect(Vector512.Equals(bits, Vector512<int>.Zero).AsSingle(), first, second);
    }

    /// <summary>Lane l is lane picks[l] of first and second, one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Pick(Vector512<float> first, Vector512<float> second, Vector512<int> picks) => Avx512F.IsSupported
        ? Avx512F.PermuteVar16x32x2(first, picks, second)
        : Vector512.ConditionalSelect(
            Vector512.LessThan(picks, Vector512.Create(Lanes.Count)).AsSingle(),
            Vector512.Shuffle(first, picks & Vector512.Create(15)),
            Vector512.Shuffle(second, picks & Vector512.Create(15)));
}
