using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ConvNN.Kernels.Vectors;

/// <summary>Lists of pairs of an integer and a float, of which only some lanes of two vectors are added, without a branch for each.</summary>
internal static class CompressedPairs
{
    /// <summary>The pairs that <see cref="Append"/> may write, whatever it adds.</summary>
    public const int Written = 16;

    /// <summary>Whether the processor has what it takes.</summary>
    public static bool IsSupported => Avx512F.IsSupported;

    /// <summary>Adds the pairs of some lanes.</summary>
    /// <param name="first">The integers.</param>
    /// <param name="second">The floats.</param>
    /// <param name="isAdded">All bits are set in the lanes to add.</param>
    /// <param name="target">Where the next pair goes.</param>
    /// <returns>How many.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Append(Vector512<int> first, Vector512<float> second, Vector512<int> isAdded, ref int target)
    {
        Vector512<int> low = Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), high = low + Vector512.Create(8);
        Vector512<int> integers = Avx512F.Compress(Vector512<int>.Zero, isAdded, first);
        Vector512<int> floats = Avx512F.Compress(Vector512<int>.Zero, isAdded, second.AsInt32());
        Avx512F.PermuteVar16x32x2(integers, low, floats).StoreUnsafe(ref target);
        Avx512F.PermuteVar16x32x2(integers, high, floats).StoreUnsafe(ref target, (nuint)Vector512<int>.Count);
        return BitOperations.PopCount((uint)isAdded.ExtractMostSignificantBits());
    }
}
