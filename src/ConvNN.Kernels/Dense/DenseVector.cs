using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Dense;

/// <summary>The fully connected layer on vectors: rows are padded to whole lanes, so there are no tails.</summary>
internal sealed partial class DenseVector<TVector> : DenseKernels
    where TVector : struct, IVector<TVector>
{
    // Rows of weights in a tile of the forward pass.
    private const int Tile = 4;

    // Samples of whose leaves copies are kept at a time.
    private const int ChunkSamples = 20;

    // Copies, which are the calling thread's.
    [ThreadStatic]
    private static AlignedBuffer? s_copies;

    private protected override void ForwardCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> b, Span<float> y, DenseGeometry geometry)
    {
        (int lo, int hi) = geometry.Leaves;
        Span<LeafColumns> leaves = stackalloc LeafColumns[hi - lo];
        bool areWhole = true;
        int columns = 0;
        for (int h = 0; h < leaves.Length; h++)
        {
            leaves[h] = new LeafColumns(geometry.InputsOf(lo + h, lo + h + 1), geometry);
            areWhole &= leaves[h].IsWhole;
            columns += leaves[h].Length;
        }

        if (areWhole)
        {
            Chunk(x, w, b, y, leaves, geometry, default);
            return;
        }

        // The last chunk is no smaller than a tile, and computes some samples once more.
        int size = Math.Min(ChunkSamples, geometry.Samples);
        Span<float> copies = Copies(size * columns);
        for (int n = 0; n < geometry.Samples; n += size)
        {
            int first = Math.Max(0, Math.Min(n, geometry.Samples - WideDots.Samples)), count = Math.Min(size, geometry.Samples - first);
            for (int s = 0; s < count; s++)
            {
                Span<float> copy = copies.Slice(s * columns, columns);
                foreach (LeafColumns leaf in leaves)
                {
                    leaf.Copy(x.Slice((first + s) * geometry.InputStride, geometry.InputStride), copy);
                    copy = copy[leaf.Length..];
                }
            }

            Chunk(copies, w, b, y[(first * geometry.UnitStride)..], leaves, geometry with { Samples = count }, columns);
        }
    }

    private static Span<float> Copies(int length)
    {
        if (s_copies is null || s_copies.Length < length)
        {
            s_copies = new AlignedBuffer(length);
        }

        return s_copies.Span;
    }

    /// <summary>Some samples, or copies of their leaves, one after the other, <paramref name="copyStride"/> floats per sample.</summary>
    private static void Chunk(
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> w,
        ReadOnlySpan<float> b,
        Span<float> y,
        ReadOnlySpan<LeafColumns> leaves,
        DenseGeometry geometry,
        int? copyStride)
    {
        int stride = geometry.InputStride, sampleStride = copyStride ?? stride;
        int wide = TVector.Count == Lanes.Count ? WideDots.Samples : int.MaxValue;
        Span<float> sums = stackalloc float[leaves.Length * WideDots.SumLength];
        ref float sum = ref MemoryMarshal.GetReference(sums);
        Span<float> lanes = stackalloc float[2 * Tile * Lanes.Count];
        ref float lane = ref MemoryMarshal.GetReference(lanes);
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
                ref float sample = ref MemoryMarshal.GetReference(x[(n * sampleStride)..]);
                for (int h = 0; h < leaves.Length; h++)
                {
                    LeafColumns leaf = leaves[h];
                    ref float target = ref Unsafe.Add(ref sum, h * WideDots.SumLength);
                    ref float columns = ref Unsafe.Add(ref sample, copyStride is null ? leaf.Begin : 0);
                    ref float rowsOfLeaf = ref Unsafe.Add(ref weights, leaf.Begin);
                    if (isWide)
                    {
                        WideDots.FiveByFour(ref columns, (nuint)sampleStride, ref rowsOfLeaf, (nuint)stride, leaf.Length, ref target);
                    }
                    else
                    {
                        Dots(ref columns, sampleStride, ref rowsOfLeaf, stride, leaf.Length, samples, rows, ref lane, ref target);
                    }

                    sample = ref Unsafe.Add(ref sample, copyStride is null ? 0 : leaf.Length);
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
    private static void Dots(ref float x, int apart, ref float w, int stride, int length, int samples, int rows, ref float lanes, ref float sums)
    {
        if (samples == 2)
        {
            EightDots(ref x, (nuint)apart, ref w, (nuint)stride, length, ref lanes);
            if (Avx.IsSupported)
            {
                LaneSum.AddHalvesOfEight(ref lanes).StoreUnsafe(ref sums);
                return;
            }
        }

        for (int r = 0; samples == 1 && r < rows; r++)
        {
            OneDot(ref x, ref Unsafe.Add(ref w, r * stride), length, ref Unsafe.Add(ref lanes, r * Lanes.Count));
        }

        for (int s = 0; s < samples; s++)
        {
            LaneSum.AddHalves(ref Unsafe.Add(ref lanes, s * Tile * Lanes.Count)).StoreUnsafe(ref Unsafe.Add(ref sums, s * Tile));
        }
    }

    /// <summary>The 16 lane sums of two samples with each of four adjacent rows of weights.</summary>
    private static void EightDots(ref float x, nuint apart, ref float w, nuint stride, int length, ref float lanes)
    {
        ref float w2 = ref Unsafe.Add(ref w, 2 * stride);
        for (int lane = 0; lane < Lanes.Count; lane += TVector.Count)
        {
            TVector a0 = TVector.Zero, a1 = TVector.Zero, a2 = TVector.Zero, a3 = TVector.Zero;
            TVector b0 = TVector.Zero, b1 = TVector.Zero, b2 = TVector.Zero, b3 = TVector.Zero;
            for (nuint i = (nuint)lane; i < (nuint)length; i += Lanes.Count)
            {
                TVector first = TVector.Load(ref x, i), second = TVector.Load(ref x, i + apart);
                TVector row = TVector.Load(ref w, i);
                a0 = TVector.MultiplyAdd(first, row, a0);
                b0 = TVector.MultiplyAdd(second, row, b0);
                row = TVector.Load(ref w, i + stride);
                a1 = TVector.MultiplyAdd(first, row, a1);
                b1 = TVector.MultiplyAdd(second, row, b1);
                row = TVector.Load(ref w2, i);
                a2 = TVector.MultiplyAdd(first, row, a2);
                b2 = TVector.MultiplyAdd(second, row, b2);
                row = TVector.Load(ref w2, i + stride);
                a3 = TVector.MultiplyAdd(first, row, a3);
                b3 = TVector.MultiplyAdd(second, row, b3);
            }

            // The + 0f that a store adds has no effect: the sum over the lanes gets it, too.
            VectorTile<TVector>.Store(a0, a1, a2, a3, ref Unsafe.Add(ref lanes, lane), Lanes.Count);
            VectorTile<TVector>.Store(b0, b1, b2, b3, ref Unsafe.Add(ref lanes, (Tile * Lanes.Count) + lane), Lanes.Count);
        }
    }

    private static void OneDot(ref float x, ref float w, int length, ref float lanes)
    {
        for (int lane = 0; lane < Lanes.Count; lane += TVector.Count)
        {
            TVector s = TVector.Zero;
            for (nuint i = (nuint)lane; i < (nuint)length; i += Lanes.Count)
            {
                s = TVector.MultiplyAdd(TVector.Load(ref x, i), TVector.Load(ref w, i), s);
            }

            TVector.Store(s, ref lanes, (nuint)lane);
        }
    }
}
