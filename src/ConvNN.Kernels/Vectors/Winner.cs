using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ConvNN.Kernels.Vectors;

/// <summary>An output of a convolution that a gradient goes to.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Winner
{
    /// <summary>Where its window's corner lies in a plane of the input.</summary>
    public int Position;

    /// <summary>The gradient by the output.</summary>
    public float Delta;

    /// <summary>Floats that hold the list of a filter, and what is written behind it.</summary>
    public static int ScratchLength(in ConvPoolGeometry geometry) =>
        checked(2 * ((geometry.PooledHeight * geometry.PooledWidth) + (3 * geometry.PooledWidth) + Lanes.Count));

    /// <summary>Lists the winners of one filter of a sample in the order of the convolution's outputs, row by row.</summary>
    /// <param name="winners">[Samples, OutputCount]: 1 + 2·kh + kw of each window's winner, or 0.</param>
    /// <param name="dy">[Samples, OutputStride].</param>
    /// <param name="at">Which sample, which filter.</param>
    /// <param name="list"><see cref="ScratchLength"/> floats as winners.</param>
    /// <param name="plane">Floats from one row of the plane to the next, and from one column to the next.</param>
    /// <param name="geometry">The sizes.</param>
    /// <returns>How many there are.</returns>
    public static int List(
        ReadOnlySpan<byte> winners, ReadOnlySpan<float> dy, (int Sample, int Filter) at, Span<Winner> list, (int Row, int Column) plane, in ConvPoolGeometry geometry)
    {
        int width = geometry.PooledWidth;
        int windows = geometry.PooledHeight * width;
        ref byte codes = ref MemoryMarshal.GetReference(winners.Slice((at.Sample * geometry.OutputCount) + (at.Filter * windows), windows));
        ref float deltas = ref MemoryMarshal.GetReference(dy.Slice((at.Sample * geometry.OutputStride) + (at.Filter * windows), windows));
        return Avx512F.IsSupported && windows >= Vector512<long>.Count
            ? ListCompressed(ref codes, ref deltas, (width, windows), ref list[0], plane)
            : ListOneByOne(ref codes, ref deltas, (width, windows), list, plane);
    }

    private static int ListOneByOne(ref byte code0, ref float delta0, (int Width, int Count) windows, Span<Winner> list, (int Row, int Column) plane)
    {
        (int width, int count) = windows;
        (int rowStride, int columnStride) = plane;
        ref Winner target = ref MemoryMarshal.GetReference(list);
        ref Winner below = ref list[count + width + 1];
        nint listed = 0;
        for (int i = 0, corner = 0; i < count; corner += 2 * rowStride)
        {
            // Which place wins is as good as random, so every entry is written to both lists and counted in one, or none.
            nint listedBelow = 0;
            int position = corner;
            for (int end = i + width; i < end; i++, position += 2 * columnStride)
            {
                int code = Unsafe.Add(ref code0, i);
                int place = position + (((code - 1) & 1) * columnStride);
                float delta = Unsafe.Add(ref delta0, i);
                Write(ref Unsafe.Add(ref target, listed), place, delta);
                Write(ref Unsafe.Add(ref below, listedBelow), place + rowStride, delta);
                listed += (uint)(code - 1) < 2 ? 1 : 0;
                listedBelow += code > 2 ? 1 : 0;
            }

            // A fixed number of entries, so that no branch depends on their count.
            for (nint k = 0; k < width; k++)
            {
                Unsafe.Add(ref target, listed + k) = Unsafe.Add(ref below, k);
            }

            listed += listedBelow;
        }

        return (int)listed;
    }

    /// <summary>The same list, eight windows at a time: a row of windows is walked for the upper row of outputs, then for the lower.</summary>
    private static int ListCompressed(ref byte codes, ref float deltas, (int Width, int Count) windows, ref Winner list, (int Row, int Column) plane)
    {
        int lanes = Vector512<long>.Count;
        ref long target = ref Unsafe.As<Winner, long>(ref list);
        Vector512<long> lane = Vector512<long>.Indices, column = Vector512.Create((long)plane.Column);
        Vector512<long> cornerOf = lane * (2 * column);
        nint listed = 0;
        for (int row = 0, corner = 0; row < windows.Count; row += windows.Width, corner += 2 * plane.Row)
        {
            for (int lower = 0; lower < 2; lower++)
            {
                // Codes 1 and 2 win in the upper row of outputs, 3 and 4 in the lower.
                Vector512<long> first = Vector512.Create(1L + (2 * lower));
                for (int i = 0; i < windows.Width; i += lanes)
                {
                    // A vector that would end behind the last window begins earlier; what it has of other blocks is left out.
                    int begin = Math.Min(row + i, windows.Count - lanes), skipped = row + i - begin;
                    Vector512<long> code = Avx512F.ConvertToVector512Int64(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<long>(ref Unsafe.Add(ref codes, begin))).AsByte());
                    Vector512<long> delta = Avx512F.ConvertToVector512Int64(Vector256.LoadUnsafe(ref Unsafe.Add(ref deltas, begin)).AsUInt32());
                    Vector512<long> second = code - first;
                    long position = corner + (lower * plane.Row) + (2L * (i - skipped) * plane.Column);
                    Vector512<long> place = Vector512.Create(position) + cornerOf + (second * column);
                    Vector512<long> wins = Vector512.LessThanOrEqual(second.AsUInt64(), Vector512<ulong>.One).AsInt64()
                        & Vector512.GreaterThanOrEqual(lane, Vector512.Create((long)skipped))
                        & Vector512.LessThan(lane, Vector512.Create((long)(windows.Width - i + skipped)));
                    Avx512F.Compress(Vector512<long>.Zero, wins, place | (delta << 32)).StoreUnsafe(ref Unsafe.Add(ref target, listed));
                    listed += BitOperations.PopCount((uint)wins.ExtractMostSignificantBits());
                }
            }
        }

        return (int)listed;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(ref Winner winner, int position, float delta)
    {
        winner.Position = position;
        winner.Delta = delta;
    }
}
