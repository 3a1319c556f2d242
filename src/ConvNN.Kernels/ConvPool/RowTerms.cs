using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ConvNN.Kernels.Convolution;
using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.ConvPool;

/// <summary>
/// The parameter gradients of a fused convolution with few channels. Lanes are the columns of a kernel row, so a winner's
/// contribution to a row is one multiply-add on adjacent inputs.
/// </summary>
/// <remarks>
/// The chains of a filter are [rows (c, kh) in blocks of four, lanes], then the bias. Filters are processed in pairs; an odd last
/// filter is paired with one that has no winners.
/// </remarks>
internal readonly ref struct RowTerms<TRow> : ISampleTerms
    where TRow : struct, IVector<TRow>
{
    private const int Block = 4;

    public required ReadOnlySpan<float> X { get; init; }

    public required ReadOnlySpan<float> Dy { get; init; }

    public required ReadOnlySpan<byte> Winners { get; init; }

    /// <summary>Space for one padded sample, plus the floats that vectors read past its end.</summary>
    public required Span<float> Plane { get; init; }

    /// <summary>Space for the winners of two filters.</summary>
    public required Span<Winner> Lists { get; init; }

    public required ConvPoolGeometry Geometry { get; init; }

    /// <summary>Floats of scratch memory for <see cref="Compute"/>.</summary>
    public static int ScratchLength(in ConvPoolGeometry geometry) => checked(
        (2 * Winner.ScratchLength(geometry)) + PlaneLength(geometry)
        + SubtreeSums<TRow>.ScratchLength(SumsLength(geometry)));

    /// <summary>Computes dw and db; see <see cref="ConvPoolKernels.ParameterGradient"/>.</summary>
    public static void Compute(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, ReadOnlySpan<byte> winners, Span<float> dw, Span<float> db, ReadOnlySpan<int> edges, Span<float> scratch, in ConvPoolGeometry geometry)
    {
        RowTerms<TRow> terms = new()
        {
            X = x,
            Dy = dy,
            Winners = winners,
            Lists = MemoryMarshal.Cast<float, Winner>(Scratch.Take(ref scratch, 2 * Winner.ScratchLength(geometry))),
            Plane = Scratch.Take(ref scratch, PlaneLength(geometry)),
            Geometry = geometry,
        };
        int filterLength = FilterLength(geometry);
        Span<float> sums = SubtreeSums<TRow>.Compute(terms, edges, scratch, SumsLength(geometry));
        Conv2dGeometry convolution = geometry.Convolution;
        for (int f = 0; f < geometry.Filters; f++)
        {
            for (int t = 0; t < convolution.Taps; t++)
            {
                (int row, int column) = Math.DivRem(t, convolution.KernelWidth);
                dw[(f * convolution.TapStride) + t] = sums[(f * filterLength) + (row * TRow.Count) + column];
            }

            if (!db.IsEmpty)
            {
                db[f] = sums[(f * filterLength) + BiasAt(geometry)];
            }
        }
    }

    /// <inheritdoc/>
    public void Add(int sample, Span<float> sums)
    {
        Conv2dGeometry convolution = Geometry.Convolution;
        PaddedPlane.Fill(X.Slice(sample * convolution.InputStride, convolution.InputStride), Plane, convolution);
        int filterLength = FilterLength(Geometry);
        for (int f = 0; f < Geometry.Filters; f += 2)
        {
            Span<Winner> first = Lists[..(Lists.Length / 2)];
            Span<Winner> second = Lists[(Lists.Length / 2)..];
            int count = List(sample, f, first);
            int other = f + 1 < Geometry.Filters ? List(sample, f + 1, second) : 0;

            // Pad the shorter list with zero deltas.
            int longer = Math.Max(count, other);
            first[count..longer].Clear();
            second[other..longer].Clear();
            AddWinners(
                ref MemoryMarshal.GetReference(first), ref MemoryMarshal.GetReference(second), longer, ref sums[f * filterLength], ref sums[(f + 1) * filterLength]);
        }
    }

    private static int BlocksOf(in ConvPoolGeometry geometry) =>
        ((geometry.Convolution.Channels * geometry.Convolution.KernelHeight) + Block - 1) / Block;

    private static int BiasAt(in ConvPoolGeometry geometry) => BlocksOf(geometry) * Block * TRow.Count;

    private static int FilterLength(in ConvPoolGeometry geometry) => checked(BiasAt(geometry) + Lanes.Count);

    private static int SumsLength(in ConvPoolGeometry geometry) => checked((geometry.Filters + 1) / 2 * 2 * FilterLength(geometry));

    private static int PlaneLength(in ConvPoolGeometry geometry) => checked(PaddedPlane.LengthOf(geometry.Convolution) + Lanes.Count);

    private int List(int sample, int filter, Span<Winner> list) =>
        Winner.List(Winners, Dy, (sample, filter), list, (Geometry.Convolution.PaddedWidth, 1), Geometry);

    private void AddWinners(ref Winner first, ref Winner second, int count, ref float sums, ref float sumsOfSecond)
    {
        Conv2dGeometry convolution = Geometry.Convolution;
        int rows = convolution.Channels * convolution.KernelHeight;
        for (int row = 0; row < rows; row += Block)
        {
            FourRows(
                ref first,
                ref second,
                count,
                ref Plane[RowAt(row, convolution)],
                (nuint)(RowAt(Math.Min(row + 1, rows - 1), convolution) - RowAt(row, convolution)),
                (nuint)(RowAt(Math.Min(row + 2, rows - 1), convolution) - RowAt(row, convolution)),
                (nuint)(RowAt(Math.Min(row + 3, rows - 1), convolution) - RowAt(row, convolution)),
                ref Unsafe.Add(ref sums, row * TRow.Count),
                ref Unsafe.Add(ref sumsOfSecond, row * TRow.Count));
        }

        Biases(ref first, ref second, count, ref Unsafe.Add(ref sums, BiasAt(Geometry)), ref Unsafe.Add(ref sumsOfSecond, BiasAt(Geometry)));
    }

    private static int RowAt(int row, in Conv2dGeometry convolution) =>
        ((row / convolution.KernelHeight * convolution.PaddedHeight) + (row % convolution.KernelHeight)) * convolution.PaddedWidth;

    /// <summary>Four rows of two filters: eight chains hide the latency of a multiply-add.</summary>
    private static void FourRows(
        ref Winner first, ref Winner second, nint count, ref float plane, nuint row1, nuint row2, nuint row3, ref float sums, ref float sumsOfSecond)
    {
        nuint lanes = (nuint)TRow.Count;
        TRow f0 = TRow.Load(ref sums, 0), f1 = TRow.Load(ref sums, lanes), f2 = TRow.Load(ref sums, 2 * lanes), f3 = TRow.Load(ref sums, 3 * lanes);
        TRow g0 = TRow.Load(ref sumsOfSecond, 0), g1 = TRow.Load(ref sumsOfSecond, lanes), g2 = TRow.Load(ref sumsOfSecond, 2 * lanes), g3 = TRow.Load(ref sumsOfSecond, 3 * lanes);
        for (nint k = 0; k < count; k++)
        {
            ref Winner winner = ref Unsafe.Add(ref first, k);
            ref float window = ref Unsafe.Add(ref plane, winner.Position);
            TRow delta = TRow.Broadcast(winner.Delta);
            f0 = TRow.MultiplyAdd(delta, TRow.Load(ref window, 0), f0);
            f1 = TRow.MultiplyAdd(delta, TRow.Load(ref window, row1), f1);
            f2 = TRow.MultiplyAdd(delta, TRow.Load(ref window, row2), f2);
            f3 = TRow.MultiplyAdd(delta, TRow.Load(ref window, row3), f3);
            winner = ref Unsafe.Add(ref second, k);
            window = ref Unsafe.Add(ref plane, winner.Position);
            delta = TRow.Broadcast(winner.Delta);
            g0 = TRow.MultiplyAdd(delta, TRow.Load(ref window, 0), g0);
            g1 = TRow.MultiplyAdd(delta, TRow.Load(ref window, row1), g1);
            g2 = TRow.MultiplyAdd(delta, TRow.Load(ref window, row2), g2);
            g3 = TRow.MultiplyAdd(delta, TRow.Load(ref window, row3), g3);
        }

        Store(f0, f1, f2, f3, ref sums);
        Store(g0, g1, g2, g3, ref sumsOfSecond);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TRow s0, TRow s1, TRow s2, TRow s3, ref float target)
    {
        TRow.Store(s0, ref target, 0);
        TRow.Store(s1, ref target, (nuint)TRow.Count);
        TRow.Store(s2, ref target, (nuint)(2 * TRow.Count));
        TRow.Store(s3, ref target, (nuint)(3 * TRow.Count));
    }

    private static void Biases(ref Winner first, ref Winner second, nint count, ref float sum, ref float sumOfSecond)
    {
        float f = sum, g = sumOfSecond;
        for (nint k = 0; k < count; k++)
        {
            f += Unsafe.Add(ref first, k).Delta;
            g += Unsafe.Add(ref second, k).Delta;
        }

        (sum, sumOfSecond) = (f, g);
    }
}
