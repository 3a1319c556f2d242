using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Convolution;

/// <summary>
/// Convolution on vectors. Forward pass and input gradient use adjacent columns as lanes, or filters and channels if rows are
/// short; the weight gradient uses filters. All of them support any stride, padding, dilation and number of groups.
/// </summary>
/// <remarks>
/// The sums read a zero-padded plane through a table of offsets, one per tap in the order of the chain. Adding a product with a
/// padding zero is the same as skipping it, because every sum ends with <c>+ 0f</c>.
/// </remarks>
internal sealed partial class Conv2dVector<TVector> : Conv2dKernels
    where TVector : struct, IVector<TVector>
{
    // Filters (or input channels) whose rows share the loads of the plane.
    private const int Tile = 4;

    private const int Width4Lanes = 4;
    private const int Width8Lanes = 8;

    public override int ScratchLength(Conv2dGeometry geometry)
    {
        checked
        {
            int forward = geometry.Taps + PhasePlane.Of(geometry).Length;
            int byColumns = Math.Max(forward, InputGradientScratch(geometry));
            int own = Math.Max(ParameterGradientScratch(geometry), Math.Max(byColumns, OutputsScratch(geometry)));

            // Narrower vectors handle the cases that would not fill these, and may divide the work differently.
            return TVector.Count == Width4Lanes ? own : Math.Max(own, (TVector.Count > Width8Lanes ? Width8 : Width4).ScratchLength(geometry));
        }
    }

    private protected override void ForwardCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> b, Span<float> y, Span<float> scratch, in Conv2dGeometry geometry)
    {
        if (ForwardByFilters(geometry))
        {
            ForwardByFilters(x, w, b, y, scratch, geometry);
            return;
        }

        if (Narrower(geometry.OutputWidth) is { } narrower)
        {
            narrower.Forward(x, w, b, y, scratch, geometry);
            return;
        }

        PhasePlane phases = PhasePlane.Of(geometry);
        Span<int> offsets = MemoryMarshal.Cast<float, int>(Scratch.Take(ref scratch, geometry.Taps));
        phases.TapOffsets(offsets, geometry);
        for (int n = 0; n < geometry.Samples; n++)
        {
            ReadOnlySpan<float> plane = phases.Fill(x.Slice(n * geometry.InputStride, geometry.InputStride), scratch, TVector.Count, geometry);
            for (int f = 0; f < geometry.Filters;)
            {
                int group = f / geometry.GroupFilters;
                int rows = Math.Min(Tile, ((group + 1) * geometry.GroupFilters) - f);
                int channels = group * geometry.GroupChannels * geometry.PaddedHeight;
                for (int oh = 0; oh < geometry.OutputHeight; oh++)
                {
                    RowSums(
                        ref MemoryMarshal.GetReference(plane[((channels + (oh * geometry.StrideHeight)) * phases.RowStride)..]),
                        offsets,
                        ref MemoryMarshal.GetReference(w[(f * geometry.TapStride)..]),
                        geometry.TapStride,
                        b.IsEmpty ? default : b.Slice(f, rows),
                        ref y[(n * geometry.OutputStride) + (((f * geometry.OutputHeight) + oh) * geometry.OutputWidth)],
                        geometry.OutputHeight * geometry.OutputWidth,
                        rows,
                        geometry.OutputWidth);
                }

                f += rows;
            }
        }
    }

    /// <summary>
    /// Rows of sums, <c>row r, column j = b[r] + Σ_t plane[offsets[t] + j] · w[r · weightStride + t]</c>. If the width is not a
    /// multiple of the vector length, the last vector of a row overlaps the previous one and computes the same sums again.
    /// </summary>
    private static void RowSums(
        ref float plane, ReadOnlySpan<int> offsets, ref float w, int weightStride, ReadOnlySpan<float> b, ref float y, int rowStride, int rows, int width)
    {
        if (width < TVector.Count)
        {
            ShortRowSums(ref plane, offsets, ref w, weightStride, b, ref y, rowStride, rows, width);
            return;
        }

        int last = width - TVector.Count;
        for (int column = 0; column < width; column += 2 * TVector.Count)
        {
            int first = Math.Min(column, last);
            int second = Math.Min(column + TVector.Count, last);
            if (rows == Tile)
            {
                EightSums(ref Unsafe.Add(ref plane, first), second - first, offsets, ref w, weightStride, b, ref Unsafe.Add(ref y, first), rowStride);
                continue;
            }

            for (int r = 0; r < rows; r++)
            {
                ref float weights = ref Unsafe.Add(ref w, r * weightStride);
                float bias = b.IsEmpty ? 0f : b[r];
                OneSum(ref Unsafe.Add(ref plane, first), offsets, ref weights, bias, ref Unsafe.Add(ref y, (r * rowStride) + first));
                OneSum(ref Unsafe.Add(ref plane, second), offsets, ref weights, bias, ref Unsafe.Add(ref y, (r * rowStride) + second));
            }
        }
    }

    /// <summary>Rows shorter than a vector; the results in the extra lanes are discarded.</summary>
    private static void ShortRowSums(
        ref float plane, ReadOnlySpan<int> offsets, ref float w, int weightStride, ReadOnlySpan<float> b, ref float y, int rowStride, int rows, int width)
    {
        Span<float> whole = stackalloc float[Lanes.Count];
        for (int r = 0; r < rows; r++)
        {
            OneSum(ref plane, offsets, ref Unsafe.Add(ref w, r * weightStride), b.IsEmpty ? 0f : b[r], ref whole[0]);
            whole[..width].CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref y, r * rowStride), width));
        }
    }

    private static void OneSum(ref float window, ReadOnlySpan<int> offsets, ref float w, float bias, ref float target)
    {
        TVector sum = TVector.Broadcast(bias);
        for (int t = 0; t < offsets.Length; t++)
        {
            sum = TVector.MultiplyAdd(TVector.Broadcast(Unsafe.Add(ref w, t)), TVector.Load(ref Unsafe.Add(ref window, offsets[t]), 0), sum);
        }

        TVector.Store(TVector.Add(sum, TVector.Zero), ref target, 0);
    }

    /// <summary>Four rows by two vectors, <paramref name="apart"/> columns apart: eight chains hide the multiply-add latency.</summary>
    private static void EightSums(
        ref float window, int apart, ReadOnlySpan<int> offsets, ref float w, int weightStride, ReadOnlySpan<float> b, ref float target, int rowStride)
    {
        TVector a0 = b.IsEmpty ? TVector.Zero : TVector.Broadcast(b[0]);
        TVector a1 = b.IsEmpty ? TVector.Zero : TVector.Broadcast(b[1]);
        TVector a2 = b.IsEmpty ? TVector.Zero : TVector.Broadcast(b[2]);
        TVector a3 = b.IsEmpty ? TVector.Zero : TVector.Broadcast(b[3]);
        TVector b0 = a0, b1 = a1, b2 = a2, b3 = a3;
        ref float w1 = ref Unsafe.Add(ref w, weightStride);
        ref float w2 = ref Unsafe.Add(ref w, 2 * weightStride);
        ref float w3 = ref Unsafe.Add(ref w, 3 * weightStride);
        for (int t = 0; t < offsets.Length; t++)
        {
            ref float input = ref Unsafe.Add(ref window, offsets[t]);
            TVector first = TVector.Load(ref input, 0);
            TVector second = TVector.Load(ref input, (nuint)apart);
            TVector weight = TVector.Broadcast(Unsafe.Add(ref w, t));
            a0 = TVector.MultiplyAdd(weight, first, a0);
            b0 = TVector.MultiplyAdd(weight, second, b0);
            weight = TVector.Broadcast(Unsafe.Add(ref w1, t));
            a1 = TVector.MultiplyAdd(weight, first, a1);
            b1 = TVector.MultiplyAdd(weight, second, b1);
            weight = TVector.Broadcast(Unsafe.Add(ref w2, t));
            a2 = TVector.MultiplyAdd(weight, first, a2);
            b2 = TVector.MultiplyAdd(weight, second, b2);
            weight = TVector.Broadcast(Unsafe.Add(ref w3, t));
            a3 = TVector.MultiplyAdd(weight, first, a3);
            b3 = TVector.MultiplyAdd(weight, second, b3);
        }

        VectorTile<TVector>.Store(a0, a1, a2, a3, ref target, rowStride);
        VectorTile<TVector>.Store(b0, b1, b2, b3, ref Unsafe.Add(ref target, apart), rowStride);
    }

    /// <summary>The narrower kernels for rows shorter than a vector, or null to use these.</summary>
    private static Conv2dKernels? Narrower(int width) => width >= TVector.Count || TVector.Count == Width4Lanes ? null : width >= Width8Lanes ? Width8 : Width4;
}
