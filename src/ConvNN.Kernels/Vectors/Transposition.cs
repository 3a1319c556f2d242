using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ConvNN.Kernels.Vectors;

/// <summary>Transposes a matrix while copying it.</summary>
internal static class Transposition
{
    private const int Block = 4;

    /// <summary><c>target[c · targetStride + r] = source[r · sourceStride + c]</c>.</summary>
    public static void Copy(ref float source, int sourceStride, ref float target, int targetStride, int rows, int columns)
    {
        int r = 0;
        for (; Sse.IsSupported && r <= rows - Block; r += Block)
        {
            ref float row = ref Unsafe.Add(ref source, r * sourceStride);
            int c = 0;
            for (; c <= columns - Block; c += Block)
            {
                FourByFour(ref Unsafe.Add(ref row, c), sourceStride, ref Unsafe.Add(ref target, (c * targetStride) + r), targetStride);
            }

            Rest(ref Unsafe.Add(ref row, c), sourceStride, ref Unsafe.Add(ref target, (c * targetStride) + r), targetStride, Block, columns - c);
        }

        Rest(ref Unsafe.Add(ref source, r * sourceStride), sourceStride, ref Unsafe.Add(ref target, r), targetStride, rows - r, columns);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourByFour(ref float source, int sourceStride, ref float target, int targetStride)
    {
        Vector128<float> a = Vector128.LoadUnsafe(ref source), b = Vector128.LoadUnsafe(ref source, (nuint)sourceStride);
        Vector128<float> c = Vector128.LoadUnsafe(ref source, (nuint)(2 * sourceStride)), d = Vector128.LoadUnsafe(ref source, (nuint)(3 * sourceStride));
        Vector128<float> lowAB = Sse.UnpackLow(a, b), lowCD = Sse.UnpackLow(c, d), highAB = Sse.UnpackHigh(a, b), highCD = Sse.UnpackHigh(c, d);
        Sse.MoveLowToHigh(lowAB, lowCD).StoreUnsafe(ref target);
        Sse.MoveHighToLow(lowCD, lowAB).StoreUnsafe(ref target, (nuint)targetStride);
        Sse.MoveLowToHigh(highAB, highCD).StoreUnsafe(ref target, (nuint)(2 * targetStride));
        Sse.MoveHighToLow(highCD, highAB).StoreUnsafe(ref target, (nuint)(3 * targetStride));
    }

    private static void Rest(ref float source, int sourceStride, ref float target, int targetStride, int rows, int columns)
    {
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++)
            {
                Unsafe.Add(ref target, (c * targetStride) + r) = Unsafe.Add(ref source, (r * sourceStride) + c);
            }
        }
    }
}
