using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.ConvPool;

/// <summary>A convolution output that receives a gradient.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Winner
{
    /// <summary>The offset of its window's corner in a plane of the input.</summary>
    public int Position;

    /// <summary>The gradient with respect to the output.</summary>
    public float Delta;

    /// <summary>Floats for the list of one filter, plus the entries written past its end.</summary>
    public static int ScratchLength(in ConvPoolGeometry geometry) =>
        checked(2 * (geometry.Windows + (3 * geometry.PooledWidth) + CompressedPairs.Written));

    /// <summary>Lists the winners of one filter of a sample whose gradient is not zero, in the order of the convolution's outputs, row by row.</summary>
    /// <param name="winners">[Samples, OutputCount]: 1 + 2·kh + kw of each window's winner, or 0.</param>
    /// <param name="dy">[Samples, OutputStride].</param>
    /// <param name="at">The sample and the filter.</param>
    /// <param name="list"><see cref="ScratchLength"/> floats, cast to winners.</param>
    /// <param name="plane">Floats from one row of the plane to the next, and from one column to the next.</param>
    /// <param name="geometry">The sizes.</param>
    /// <returns>Number of winners.</returns>
    public static int List(
        ReadOnlySpan<byte> winners, ReadOnlySpan<float> dy, (int Sample, int Filter) at, Span<Winner> list, (int Row, int Column) plane, in ConvPoolGeometry geometry)
    {
        int width = geometry.PooledWidth;
        int windows = geometry.Windows;
        ref byte codes = ref MemoryMarshal.GetReference(winners.Slice((at.Sample * geometry.OutputCount) + (at.Filter * windows), windows));
        ref float deltas = ref MemoryMarshal.GetReference(dy.Slice((at.Sample * geometry.OutputStride) + (at.Filter * windows), windows));
        return CompressedPairs.IsSupported && width <= Vector256<int>.Count && windows >= Vector256<int>.Count
            ? ListHalves(ref codes, ref deltas, (width, windows), ref list[0], plane)
            : CompressedPairs.IsSupported && windows >= Vector512<int>.Count ? ListCompressed(ref codes, ref deltas, (width, windows), ref list[0], plane)
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
            // The winning place is hard to predict, so every entry is written to both lists but counted in only one, or neither.
            nint listedBelow = 0;
            int position = corner;
            for (int end = i + width; i < end; i++, position += 2 * columnStride)
            {
                int code = Unsafe.Add(ref code0, i);
                int place = position + (((code - 1) & 1) * columnStride);
                float delta = Unsafe.Add(ref delta0, i);
                Write(ref Unsafe.Add(ref target, listed), place, delta);
                Write(ref Unsafe.Add(ref below, listedBelow), place + rowStride, delta);
                int isLeftOut = delta == 0f ? 4 : 0;
                listed += (uint)(code - 1 + isLeftOut) < 2 ? 1 : 0;
                listedBelow += code > 2 + isLeftOut ? 1 : 0;
            }

            // Copy a fixed number of entries: no branch depends on their count.
            for (nint k = 0; k < width; k++)
            {
                Unsafe.Add(ref target, listed + k) = Unsafe.Add(ref below, k);
            }

            listed += listedBelow;
        }

        return (int)listed;
    }

    /// <summary>The same list, sixteen windows at a time. Each row is scanned for its upper outputs, then for its lower.</summary>
    private static int ListCompressed(ref byte codes, ref float deltas, (int Width, int Count) windows, ref Winner list, (int Row, int Column) plane)
    {
        int lanes = Vector512<int>.Count;
        Vector512<int> lane = Vector512<int>.Indices, column = Vector512.Create(plane.Column);
        nint listed = 0;
        for (int row = 0, corner = 0; row < windows.Count; row += windows.Width, corner += 2 * plane.Row)
        {
            for (int lower = 0; lower < 2; lower++)
            {
                // Codes 1 and 2 win in the upper row of outputs, 3 and 4 in the lower.
                Vector512<int> first = Vector512.Create(1 + (2 * lower));
                for (int i = 0; i < windows.Width; i += lanes)
                {
                    // A vector that would extend past the last window starts earlier; its lanes from other blocks are masked out.
                    int begin = Math.Min(row + i, windows.Count - lanes), skipped = row + i - begin;
                    listed += Append(
                        Avx512F.ConvertToVector512Int32(Vector128.LoadUnsafe(ref codes, (nuint)begin)) - first,
                        Vector512.LoadUnsafe(ref deltas, (nuint)begin),
                        Vector512.LessThan((lane - Vector512.Create(skipped)).AsUInt32(), Vector512.Create((uint)(windows.Width - i))).AsInt32(),
                        Vector512.Create(corner + (lower * plane.Row) + (2 * (i - skipped) * plane.Column)) + (lane * (2 * plane.Column)),
                        column,
                        ref Unsafe.Add(ref list, listed));
                }
            }
        }

        return (int)listed;
    }

    /// <summary>The same list for rows of at most eight windows: half a vector for the upper outputs of a row, half for its lower.</summary>
    private static int ListHalves(ref byte codes, ref float deltas, (int Width, int Count) windows, ref Winner list, (int Row, int Column) plane)
    {
        int lanes = Vector256<int>.Count;
        Vector512<int> lane = Vector512<int>.Indices & Vector512.Create(lanes - 1), column = Vector512.Create(plane.Column);
        Vector512<int> first = Vector512.Create(Vector256.Create(1), Vector256.Create(3));
        Vector512<int> places = (lane * (2 * plane.Column)) + Vector512.Create(Vector256<int>.Zero, Vector256.Create(plane.Row));
        nint listed = 0;
        for (int row = 0, corner = 0; row < windows.Count; row += windows.Width, corner += 2 * plane.Row)
        {
            int begin = Math.Min(row, windows.Count - lanes), skipped = row - begin;
            Vector256<float> delta = Vector256.LoadUnsafe(ref deltas, (nuint)begin);
            listed += Append(
                Avx512F.ConvertToVector512Int32(Vector128.Create(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref codes, begin))).AsByte()) - first,
                Vector512.Create(delta, delta),
                Vector512.LessThan((lane - Vector512.Create(skipped)).AsUInt32(), Vector512.Create((uint)windows.Width)).AsInt32(),
                places + Vector512.Create(corner - (2 * skipped * plane.Column)),
                column,
                ref Unsafe.Add(ref list, listed));
        }

        return (int)listed;
    }

    /// <summary>Lists the winners of a vector of windows in one row of outputs.</summary>
    /// <param name="second">0 where the first of a window's two outputs in the row has won, 1 where the second has, and something else where neither has.</param>
    /// <param name="delta">The gradients.</param>
    /// <param name="isOwn">The windows to list.</param>
    /// <param name="places">The places of their first outputs.</param>
    /// <param name="column">From there to the second.</param>
    /// <param name="list">Receives up to sixteen winners.</param>
    /// <returns>How many.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Append(Vector512<int> second, Vector512<float> delta, Vector512<int> isOwn, Vector512<int> places, Vector512<int> column, ref Winner list)
    {
        Vector512<int> wins = Vector512.AndNot(
            Vector512.LessThanOrEqual(second.AsUInt32(), Vector512<uint>.One).AsInt32() & isOwn, Vector512.Equals(delta, Vector512<float>.Zero).AsInt32());
        return CompressedPairs.Append(places + (-second & column), delta, wins, ref Unsafe.As<Winner, int>(ref list));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(ref Winner winner, int position, float delta)
    {
        winner.Position = position;
        winner.Delta = delta;
    }
}
