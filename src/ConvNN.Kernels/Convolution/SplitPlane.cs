using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Convolution;

/// <summary>
/// A padded input sample, [C, H, 2, ⌈W / 2⌉]. The even columns of each row come before the odd ones, so adjacent pooling windows
/// read adjacent inputs for each tap. Both halves of a row are padded to whole lanes, which aligns half of the loads.
/// </summary>
internal readonly record struct SplitPlane(int Rows, int Half, int KernelWidth, int Taps)
{
    /// <summary>Floats from one row to the next.</summary>
    public int RowStride => 2 * Half;

    /// <summary>Floats for the offsets of the taps, two per tap.</summary>
    public int Offsets => Lanes.RoundUp(2 * Taps);

    /// <summary>Floats of the plane, and those that vectors read past its end.</summary>
    public int Length => checked((Rows * RowStride) + Lanes.Count + Lanes.RoundUp(KernelWidth));

    /// <summary>The plane for a geometry.</summary>
    public static SplitPlane Of(in Conv2dGeometry convolution)
    {
        return new SplitPlane(checked(convolution.Channels * convolution.PaddedHeight), Lanes.RoundUp((convolution.PaddedWidth + 1) / 2), convolution.KernelWidth, convolution.Taps);
    }

    /// <summary>Floats for the offsets and the plane.</summary>
    public int ScratchLength => checked(Offsets + Length);

    /// <summary>The offset of each tap (c, kh, kw) from the corner of a window, for the window's first output and for its second.</summary>
    public void TapOffsets(Span<int> offsets, in Conv2dGeometry geometry)
    {
        int t = 0;
        for (int c = 0; c < geometry.Channels; c++)
        {
            for (int kh = 0; kh < geometry.KernelHeight; kh++)
            {
                int row = ((c * geometry.PaddedHeight) + kh) * RowStride;
                for (int kw = 0; kw < geometry.KernelWidth; kw++)
                {
                    offsets[t++] = row + Column(kw);
                    offsets[t++] = row + Column(kw + 1);
                }
            }
        }
    }

    /// <summary>Copies a sample into the plane, which is zero or holds another sample.</summary>
    public void Fill(ReadOnlySpan<float> sample, Span<float> plane, in Conv2dGeometry geometry)
    {
        ref float row = ref MemoryMarshal.GetReference(sample[..(geometry.Channels * geometry.Height * geometry.Width)]);
        ref float target = ref MemoryMarshal.GetReference(plane[..Length]);
        nint even = Column(geometry.PaddingWidth), odd = Column(geometry.PaddingWidth + 1);
        if (Avx512F.IsSupported && geometry is { PaddingWidth: 0, Width: >= 16 and <= 32 })
        {
            FillWide(ref row, ref target, geometry);
            return;
        }

        for (int c = 0; c < geometry.Channels; c++)
        {
            ref float to = ref Unsafe.Add(ref target, ((c * geometry.PaddedHeight) + geometry.PaddingHeight) * RowStride);
            for (int h = 0; h < geometry.Height; h++)
            {
                Split(ref row, geometry.Width, ref Unsafe.Add(ref to, even), ref Unsafe.Add(ref to, odd));
                row = ref Unsafe.Add(ref row, geometry.Width);
                to = ref Unsafe.Add(ref to, RowStride);
            }
        }
    }

    /// <summary>The same for rows of one or two vectors without padding: whole halves of rows are written, with zeros at their ends.</summary>
    private void FillWide(ref float row, ref float target, in Conv2dGeometry geometry)
    {
        // The second vector ends with the row.
        int second = geometry.Width - Vector512<float>.Count;
        Vector512<int> evens = Vector512<int>.Indices * 2, odds = evens + Vector512<int>.One, width = Vector512.Create(geometry.Width);
        Vector512<float> areEvens = Vector512.LessThan(evens, width).AsSingle(), areOdds = Vector512.LessThan(odds, width).AsSingle();
        Vector512<int> fromSecond = Vector512.Create(Vector512<float>.Count - second), last = Vector512.Create(Vector512<float>.Count - 1);
        evens += Vector512.GreaterThan(evens, last) & fromSecond;
        odds += Vector512.GreaterThan(odds, last) & fromSecond;
        for (int c = 0; c < geometry.Channels; c++)
        {
            ref float to = ref Unsafe.Add(ref target, ((c * geometry.PaddedHeight) + geometry.PaddingHeight) * RowStride);
            for (int h = 0; h < geometry.Height; h++)
            {
                Vector512<float> left = Vector512.LoadUnsafe(ref row), right = Vector512.LoadUnsafe(ref row, (nuint)second);
                (Avx512F.PermuteVar16x32x2(left, evens, right) & areEvens).StoreUnsafe(ref to);
                (Avx512F.PermuteVar16x32x2(left, odds, right) & areOdds).StoreUnsafe(ref to, (nuint)Half);
                row = ref Unsafe.Add(ref row, geometry.Width);
                to = ref Unsafe.Add(ref to, RowStride);
            }
        }
    }

    /// <summary>The offset of a column from the start of its row.</summary>
    public int Column(int column) => ((column & 1) * Half) + (column >> 1);

    /// <summary>Copies elements alternately to <paramref name="even"/> and <paramref name="odd"/>.</summary>
    public static void Split(ReadOnlySpan<float> source, Span<float> even, Span<float> odd) => Split(
        ref MemoryMarshal.GetReference(source),
        source.Length,
        ref MemoryMarshal.GetReference(even[..((source.Length + 1) / 2)]),
        ref MemoryMarshal.GetReference(odd[..(source.Length / 2)]));

    private static void Split(ref float from, int count, ref float toEven, ref float toOdd)
    {
        int i = 0;
        if (Vector512.IsHardwareAccelerated && count >= Vector512<float>.Count)
        {
            // The last vector overlaps the previous one.
            int last = (count - Vector512<float>.Count) & -2;
            for (; i < last; i += Vector512<float>.Count)
            {
                SplitSixteen(ref from, i, ref toEven, ref toOdd);
            }

            SplitSixteen(ref from, last, ref toEven, ref toOdd);
            i = last + Vector512<float>.Count;
        }
        else if (Vector256.IsHardwareAccelerated && count >= Vector256<float>.Count)
        {
            int last = (count - Vector256<float>.Count) & -2;
            for (; i < last; i += Vector256<float>.Count)
            {
                SplitEight(ref from, i, ref toEven, ref toOdd);
            }

            SplitEight(ref from, last, ref toEven, ref toOdd);
            i = last + Vector256<float>.Count;
        }

        for (; i < count - 1; i += 2)
        {
            Unsafe.Add(ref toEven, i / 2) = Unsafe.Add(ref from, i);
            Unsafe.Add(ref toOdd, i / 2) = Unsafe.Add(ref from, i + 1);
        }

        if (i < count)
        {
            Unsafe.Add(ref toEven, i / 2) = Unsafe.Add(ref from, i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SplitSixteen(ref float source, int at, ref float even, ref float odd)
    {
        Vector512<float> apart = Vector512.Shuffle(
            Vector512.LoadUnsafe(ref source, (nuint)at), Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15));
        apart.GetLower().StoreUnsafe(ref even, (nuint)(at / 2));
        apart.GetUpper().StoreUnsafe(ref odd, (nuint)(at / 2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SplitEight(ref float source, int at, ref float even, ref float odd)
    {
        Vector256<float> apart = Vector256.Shuffle(Vector256.LoadUnsafe(ref source, (nuint)at), Vector256.Create(0, 2, 4, 6, 1, 3, 5, 7));
        apart.GetLower().StoreUnsafe(ref even, (nuint)(at / 2));
        apart.GetUpper().StoreUnsafe(ref odd, (nuint)(at / 2));
    }
}
