using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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
        (int rowStride, int columnStride) = plane;
        ref byte code0 = ref MemoryMarshal.GetReference(winners.Slice((at.Sample * geometry.OutputCount) + (at.Filter * windows), windows));
        ref float delta0 = ref MemoryMarshal.GetReference(dy.Slice((at.Sample * geometry.OutputStride) + (at.Filter * windows), windows));
        ref Winner target = ref MemoryMarshal.GetReference(list);
        ref Winner below = ref list[windows + width + 1];
        nint count = 0;
        for (int i = 0, corner = 0; i < windows; corner += 2 * rowStride)
        {
            // Which place wins is as good as random, so every entry is written to both lists and counted in one, or none.
            nint countBelow = 0;
            int position = corner;
            for (int end = i + width; i < end; i++, position += 2 * columnStride)
            {
                int code = Unsafe.Add(ref code0, i);
                int place = position + (((code - 1) & 1) * columnStride);
                float delta = Unsafe.Add(ref delta0, i);
                Write(ref Unsafe.Add(ref target, count), place, delta);
                Write(ref Unsafe.Add(ref below, countBelow), place + rowStride, delta);
                count += (uint)(code - 1) < 2 ? 1 : 0;
                countBelow += code > 2 ? 1 : 0;
            }

            // A fixed number of entries, so that no branch depends on their count.
            for (nint k = 0; k < width; k++)
            {
                Unsafe.Add(ref target, count + k) = Unsafe.Add(ref below, k);
            }

            count += countBelow;
        }

        return (int)count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(ref Winner winner, int position, float delta)
    {
        winner.Position = position;
        winner.Delta = delta;
    }
}
