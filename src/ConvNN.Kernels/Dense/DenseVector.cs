using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Dense;

/// <summary>The fully connected layer on vectors: rows are padded to whole lanes, so there are no tails.</summary>
internal sealed partial class DenseVector<TVector> : DenseKernels
    where TVector : struct, IVector<TVector>
{
    // Rows of weights in a tile of the forward pass.
    private const int Tile = 4;

    // Samples of which copies of the leaves' ends are kept at a time.
    private const int ChunkSamples = 20;

    private protected override void ForwardCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> b, Span<float> y, DenseGeometry geometry)
    {
        (int lo, int hi) = geometry.Leaves;
        Span<LeafColumns> leaves = stackalloc LeafColumns[hi - lo];
        bool areCopied = false;
        for (int h = 0; h < leaves.Length; h++)
        {
            leaves[h] = new LeafColumns(geometry.InputsOf(lo + h, lo + h + 1), geometry);
            areCopied |= leaves[h].Front > 0 || leaves[h].Back > 0;
        }

        // Without copies one chunk has all samples. The last chunk is no smaller than a tile, and computes some samples once more.
        int size = areCopied ? Math.Min(ChunkSamples, geometry.Samples) : geometry.Samples;
        Span<float> copies = stackalloc float[areCopied ? leaves.Length * size * LeafColumns.CopyLength : 0];
        for (int n = 0; n < geometry.Samples; n += size)
        {
            int first = Math.Max(0, Math.Min(n, geometry.Samples - WideDots.Samples)), count = Math.Min(size, geometry.Samples - first);
            for (int c = 0; areCopied && c < leaves.Length * count; c++)
            {
                leaves[c / count].Copy(
                    x.Slice((first + (c % count)) * geometry.InputStride, geometry.InputStride), copies.Slice(c * LeafColumns.CopyLength, LeafColumns.CopyLength));
            }

            Chunk(x[(first * geometry.InputStride)..], copies, w, b, y[(first * geometry.UnitStride)..], leaves, geometry with { Samples = count });
        }
    }

    /// <summary>Some samples.</summary>
    private static void Chunk(
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> copies,
        ReadOnlySpan<float> w,
        ReadOnlySpan<float> b,
        Span<float> y,
        ReadOnlySpan<LeafColumns> leaves,
        DenseGeometry geometry)
    {
        int stride = geometry.InputStride, copyStride = copies.IsEmpty ? 0 : LeafColumns.CopyLength;
        int wide = TVector.Count == Lanes.Count ? WideDots.Samples : int.MaxValue;
        Span<float> sums = stackalloc float[leaves.Length * WideDots.SumLength];
        ref float sum = ref MemoryMarshal.GetReference(sums);
        for (int o = 0; o < geometry.Units; o += Tile)
        {
            // The rows of weights stay in the L1 cache for all samples.
            int rows = Math.Min(Tile, geometry.Units - o);
            ref float weights = ref MemoryMarshal.GetReference(w[(o * stride)..]);
            ReadOnlySpan<float> bias = b.IsEmpty ? default : b.Slice(o, rows);
            int samples;
            for (int n = 0; n < geometry.Samples; n += samples)
            {
                // The last tile of samples computes some of them once more.
                bool isWide = rows == Tile && geometry.Samples >= wide;
                n = isWide ? Math.Min(n, geometry.Samples - wide) : n;
                samples = isWide ? wide : rows == Tile && n + 1 < geometry.Samples ? 2 : 1;
                for (int h = 0; h < leaves.Length; h++)
                {
                    ref float copy = ref Unsafe.Add(ref MemoryMarshal.GetReference(copies), ((h * geometry.Samples) + n) * copyStride);
                    ref float sample = ref MemoryMarshal.GetReference(x[(n * stride)..]);
                    ref float target = ref Unsafe.Add(ref sum, h * WideDots.SumLength);
                    if (isWide)
                    {
                        WideDots.FiveByFour(ref sample, ref weights, (nuint)stride, ref copy, leaves[h], ref target);
                    }
                    else
                    {
                        Dots(ref sample, ref weights, stride, ref copy, leaves[h], samples, rows, ref target);
                    }
                }

                Join(ref sum, leaves.Length, samples * Tile);
                for (int s = 0; s < samples; s++)
                {
                    Span<float> outputs = y.Slice(((n + s) * geometry.UnitStride) + o, rows);
                    if (rows == Tile)
                    {
                        // Without a bias, −0 is added, which changes no number.
                        Vector128<float> added = bias.IsEmpty ? Vector128.Create(-0f) : Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(bias));
                        (Vector128.LoadUnsafe(ref sum, (nuint)(s * Tile)) + added).CopyTo(outputs);
                        continue;
                    }

                    for (int r = 0; r < rows; r++)
                    {
                        outputs[r] = bias.IsEmpty ? sums[(s * Tile) + r] : sums[(s * Tile) + r] + bias[r];
                    }
                }
            }
        }
    }

    /// <summary>Joins the leaves' sums, in place; eight leaves, as most layers have them, are straight-line code.</summary>
    private static void Join(ref float leaves, int count, int length)
    {
        if (count != 8)
        {
            SumTree.JoinVectors<TVector>(ref leaves, 0, count, WideDots.SumLength, WideDots.SumLength / TVector.Count);
            return;
        }

        const nuint Apart = WideDots.SumLength;
        for (nuint at = 0; at < (nuint)length; at += (nuint)TVector.Count)
        {
            ref float first = ref Unsafe.Add(ref leaves, at);
            TVector.Store(TVector.Add(Four(ref first, Apart), Four(ref Unsafe.Add(ref first, 4 * Apart), Apart)), ref first, 0);
        }
    }

    /// <summary>A leaf of inputs for one or two samples by up to four adjacent rows of weights, as [samples, 4].</summary>
    private static void Dots(ref float x, ref float w, int stride, ref float copies, in LeafColumns leaf, int samples, int rows, ref float sums)
    {
        Span<float> memory = stackalloc float[2 * Tile * Lanes.Count];
        ref float lanes = ref MemoryMarshal.GetReference(memory);
        ref float end = ref Unsafe.Add(ref copies, Lanes.Count);
        int middle = leaf.Begin + leaf.Front;
        Dots(ref copies, LeafColumns.CopyLength, ref Unsafe.Add(ref w, leaf.Begin), stride, leaf.Front, samples, rows, ref lanes);
        Dots(ref Unsafe.Add(ref x, middle), stride, ref Unsafe.Add(ref w, middle), stride, leaf.Middle, samples, rows, ref lanes);
        Dots(ref end, LeafColumns.CopyLength, ref Unsafe.Add(ref w, middle + leaf.Middle), stride, leaf.Back, samples, rows, ref lanes);
        for (int s = 0; s < samples; s++)
        {
            LaneSum.AddHalves(ref Unsafe.Add(ref lanes, s * Tile * Lanes.Count)).StoreUnsafe(ref Unsafe.Add(ref sums, s * Tile));
        }
    }

    /// <summary>Continues the 16 lane sums, as [samples, 4, 16], over some columns.</summary>
    private static void Dots(ref float x, int apart, ref float w, int stride, int length, int samples, int rows, ref float lanes)
    {
        if (samples == 2)
        {
            EightDots(ref x, apart, ref w, stride, length, ref lanes);
            return;
        }

        for (int r = 0; r < rows; r++)
        {
            OneDot(ref x, ref Unsafe.Add(ref w, r * stride), length, ref Unsafe.Add(ref lanes, r * Lanes.Count));
        }
    }

    /// <summary>Continues the 16 lane sums of two samples with each of four adjacent rows of weights.</summary>
    private static void EightDots(ref float x, int apart, ref float w, int stride, int length, ref float lanes)
    {
        ref float x1 = ref Unsafe.Add(ref x, apart);
        ref float w1 = ref Unsafe.Add(ref w, stride);
        ref float w2 = ref Unsafe.Add(ref w, 2 * stride);
        ref float w3 = ref Unsafe.Add(ref w, 3 * stride);
        for (int lane = 0; lane < Lanes.Count; lane += TVector.Count)
        {
            ref float a = ref Unsafe.Add(ref lanes, lane);
            ref float b = ref Unsafe.Add(ref a, Tile * Lanes.Count);
            TVector a0 = TVector.Load(ref a, 0), a1 = TVector.Load(ref a, Lanes.Count), a2 = TVector.Load(ref a, 2 * Lanes.Count), a3 = TVector.Load(ref a, 3 * Lanes.Count);
            TVector b0 = TVector.Load(ref b, 0), b1 = TVector.Load(ref b, Lanes.Count), b2 = TVector.Load(ref b, 2 * Lanes.Count), b3 = TVector.Load(ref b, 3 * Lanes.Count);
            for (nuint i = (nuint)lane; i < (nuint)length; i += Lanes.Count)
            {
                TVector first = TVector.Load(ref x, i);
                TVector second = TVector.Load(ref x1, i);
                TVector row = TVector.Load(ref w, i);
                a0 = TVector.MultiplyAdd(first, row, a0);
                b0 = TVector.MultiplyAdd(second, row, b0);
                row = TVector.Load(ref w1, i);
                a1 = TVector.MultiplyAdd(first, row, a1);
                b1 = TVector.MultiplyAdd(second, row, b1);
                row = TVector.Load(ref w2, i);
                a2 = TVector.MultiplyAdd(first, row, a2);
                b2 = TVector.MultiplyAdd(second, row, b2);
                row = TVector.Load(ref w3, i);
                a3 = TVector.MultiplyAdd(first, row, a3);
                b3 = TVector.MultiplyAdd(second, row, b3);
            }

            // The + 0f that a store adds has no effect: the sum over the lanes gets it, too.
            VectorTile<TVector>.Store(a0, a1, a2, a3, ref a, Lanes.Count);
            VectorTile<TVector>.Store(b0, b1, b2, b3, ref b, Lanes.Count);
        }
    }

    private static void OneDot(ref float x, ref float w, int length, ref float lanes)
    {
        for (int lane = 0; lane < Lanes.Count; lane += TVector.Count)
        {
            TVector s = TVector.Load(ref lanes, (nuint)lane);
            for (nuint i = (nuint)lane; i < (nuint)length; i += Lanes.Count)
            {
                s = TVector.MultiplyAdd(TVector.Load(ref x, i), TVector.Load(ref w, i), s);
            }

            TVector.Store(s, ref lanes, (nuint)lane);
        }
    }
}
