using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Dense;

/// <summary>The forward tile of a fully connected layer if one vector holds the 16 lanes of a sum.</summary>
internal static class WideDots
{
    /// <summary>Samples of a tile.</summary>
    public const int Samples = 5;

    /// <summary>Floats that a tile's sums take: five samples of four units, and padding to whole vectors.</summary>
    public const int SumLength = 32;

    /// <summary>
    /// A leaf of inputs for five samples by four adjacent rows of weights: twenty accumulators, whose lanes are added up in registers.
    /// </summary>
    /// <param name="x">The first sample; the others follow <paramref name="stride"/> floats apart.</param>
    /// <param name="w">The first row; the others follow <paramref name="stride"/> floats apart.</param>
    /// <param name="stride">Floats per sample and per row.</param>
    /// <param name="copies">The copy of the first sample's ends; the others follow.</param>
    /// <param name="columns">The leaf.</param>
    /// <param name="sums">Receives [5, 4].</param>
    public static void FiveByFour(ref float x, ref float w, nuint stride, ref float copies, in LeafColumns columns, ref float sums)
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default;
        Vector512<float> b0 = default, b1 = default, b2 = default, b3 = default;
        Vector512<float> c0 = default, c1 = default, c2 = default, c3 = default;
        Vector512<float> d0 = default, d1 = default, d2 = default, d3 = default;
        Vector512<float> e0 = default, e1 = default, e2 = default, e3 = default;
        ref float weights = ref Unsafe.Add(ref w, columns.Begin);
        for (int piece = 0; piece < 3; piece++)
        {
            nuint length = (nuint)(piece switch { 0 => columns.Front, 1 => columns.Middle, _ => columns.Back });
            nuint apart = piece == 1 ? stride : LeafColumns.CopyLength;
            ref float x0 = ref piece == 1 ? ref Unsafe.Add(ref x, columns.Begin + columns.Front) : ref Unsafe.Add(ref copies, piece * (Lanes.Count / 2));
            ref float x3 = ref Unsafe.Add(ref x0, 3 * apart);
            ref float w2 = ref Unsafe.Add(ref weights, 2 * stride);
            for (nuint i = 0; i < length; i += Lanes.Count)
            {
                Vector512<float> r0 = Vector512.LoadUnsafe(ref weights, i), r1 = Vector512.LoadUnsafe(ref weights, i + stride);
                Vector512<float> r2 = Vector512.LoadUnsafe(ref w2, i), r3 = Vector512.LoadUnsafe(ref w2, i + stride);
                Vector512<float> sample = Vector512.LoadUnsafe(ref x0, i);
                a0 = Vector512.FusedMultiplyAdd(sample, r0, a0);
                a1 = Vector512.FusedMultiplyAdd(sample, r1, a1);
                a2 = Vector512.FusedMultiplyAdd(sample, r2, a2);
                a3 = Vector512.FusedMultiplyAdd(sample, r3, a3);
                sample = Vector512.LoadUnsafe(ref x0, i + apart);
                b0 = Vector512.FusedMultiplyAdd(sample, r0, b0);
                b1 = Vector512.FusedMultiplyAdd(sample, r1, b1);
                b2 = Vector512.FusedMultiplyAdd(sample, r2, b2);
                b3 = Vector512.FusedMultiplyAdd(sample, r3, b3);
                sample = Vector512.LoadUnsafe(ref x0, i + (2 * apart));
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

            weights = ref Unsafe.Add(ref weights, length);
        }

        Vector512<float> left = Fours(Eights(a0, c0), Eights(b0, d0)), right = Fours(Eights(a2, c2), Eights(b2, d2));
        Vector512<float> even = Twos(left, right);
        left = Fours(Eights(a1, c1), Eights(b1, d1));
        right = Fours(Eights(a3, c3), Eights(b3, d3));
        (Ones(even, Twos(left, right)) + Vector512<float>.Zero).StoreUnsafe(ref sums);

        // The fifth sample alone: its four sums take the place of four samples.
        left = Fours(Eights(e0, e2), Eights(e1, e3));
        left = Twos(left, left);
        left = Ones(left, left) + Vector512<float>.Zero;
        Vector512.Shuffle(left, Vector512.Create(0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12)).GetLower().GetLower().StoreUnsafe(ref sums, 16);
    }

    // Two vectors become one, which has half of the lanes of each, each the sum of two. A lane that stays in its place is taken by a blend, which is
    // cheaper than a shuffle; its partner comes from a shuffle, and the order of two summands does not matter.

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
