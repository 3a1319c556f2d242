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

    // The most samples of a leaf that are computed for all units, and the floats of such samples that stay in the L1 cache.
    private const int ChunkSamples = 20;
    private const int ChunkLength = 6_144;

    // Sums of leaves that are kept until they are joined: they stay in the second-level cache.
    private const int SumLength = 65_536;

    // The calling thread's memory for sums, copies, gradients and their terms, and for what is known of gradients before.
    [ThreadStatic]
    private static AlignedBuffer? _memory;

    [ThreadStatic]
    private static AlignedBuffer? _bits;

    private protected override void ForwardCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> b, Span<float> y, DenseGeometry geometry)
    {
        (int lo, int hi) = geometry.Leaves;
        int leaves = hi - lo, stride = Lanes.RoundUp(geometry.Units);
        int most = Math.Clamp(SumLength / (leaves * stride), WideDots.Samples, Math.Max(WideDots.Samples, geometry.Samples));
        Span<float> memory = Memory((leaves * most * stride) + (ChunkSamples * geometry.InputStride));
        Span<float> copies = memory[(leaves * most * stride)..];
        for (int first = 0; first < geometry.Samples; first += most)
        {
            int count = Math.Min(most, geometry.Samples - first);
            ReadOnlySpan<float> samples = x[(first * geometry.InputStride)..];
            for (int h = 0; h < leaves; h++)
            {
                LeafColumns leaf = new(geometry.InputsOf(lo + h, lo + h + 1), geometry);
                SumLeaf(samples, w, memory.Slice(h * count * stride, count * stride), stride, copies, leaf, geometry with { Samples = count });
            }

            Join(memory, leaves, count * stride, stride, b, y[(first * geometry.UnitStride)..], geometry with { Samples = count });
        }
    }

    private static Span<float> Memory(int length) => Memory(ref _memory, length);

    private static Span<float> Memory(ref AlignedBuffer? memory, int length)
    {
        if (memory is null || memory.Length < length)
        {
            memory = new AlignedBuffer(length);
        }

        return memory.Span;
    }

    /// <summary>The output gradients of some samples that are not zero.</summary>
    private static NonZeroUnits NonZero(ReadOnlySpan<float> dy, int first, int end, DenseGeometry geometry) =>
        new(dy, first, end, Memory(ref _bits, NonZeroUnits.Length(end - first, geometry)), geometry);

    /// <summary>The sums of a leaf for some samples, as [samples, units].</summary>
    private static void SumLeaf(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, Span<float> sums, int sumStride, Span<float> copies, in LeafColumns leaf, DenseGeometry geometry)
    {
        // A few samples stay in the L1 cache for all units. The last few are no fewer than a tile, and some are computed once more.
        int size = Math.Clamp(ChunkLength / leaf.Length, WideDots.Samples, ChunkSamples);
        for (int n = 0; n < geometry.Samples; n += size)
        {
            int first = Math.Max(0, Math.Min(n, geometry.Samples - WideDots.Samples)), count = Math.Min(size, geometry.Samples - first);
            ReadOnlySpan<float> samples = x[(first * geometry.InputStride)..];
            if (leaf.IsWhole)
            {
                SumChunk(samples[leaf.Begin..], geometry.InputStride, w[leaf.Begin..], sums[(first * sumStride)..], sumStride, leaf.Length, geometry with { Samples = count });
                continue;
            }

            for (int s = 0; s < count; s++)
            {
                leaf.Copy<TVector>(samples.Slice(s * geometry.InputStride, geometry.InputStride), copies[(s * leaf.Length)..]);
            }

            SumChunk(copies, leaf.Length, w[leaf.Begin..], sums[(first * sumStride)..], sumStride, leaf.Length, geometry with { Samples = count });
        }
    }

    /// <summary>The same for a few samples, <paramref name="apart"/> floats apart.</summary>
    private static void SumChunk(
        ReadOnlySpan<float> x, int apart, ReadOnlySpan<float> w, Span<float> sums, int sumStride, int length, DenseGeometry geometry)
    {
        int stride = geometry.InputStride;
        int wide = TVector.Count == Lanes.Count ? WideDots.Samples : int.MaxValue;
        Span<float> memory = stackalloc float[2 * Tile * Lanes.Count];
        ref float lanes = ref MemoryMarshal.GetReference(memory);
        for (int next = 0; next < geometry.Units; next += Tile)
        {
            // The last tile is whole, and computes some units once more; fewer than four units are a tile of their own.
            int o = Math.Max(0, Math.Min(next, geometry.Units - Tile)), rows = Math.Min(Tile, geometry.Units - o);
            ref float weights = ref MemoryMarshal.GetReference(w[(o * stride)..]);
            int samples;
            for (int n = 0; n < geometry.Samples; n += samples)
            {
                // The last tile of samples computes some of them once more.
                bool isWide = rows == Tile && geometry.Samples >= wide;
                n = isWide ? Math.Min(n, geometry.Samples - wide) : n;
                samples = isWide ? wide : rows == Tile && n + 1 < geometry.Samples ? 2 : 1;
                ref float sample = ref MemoryMarshal.GetReference(x[(n * apart)..]);
                ref float target = ref MemoryMarshal.GetReference(sums[((n * sumStride) + o)..]);
                if (isWide)
                {
                    WideDots.FiveByFour(ref sample, (nuint)apart, ref weights, (nuint)stride, length, ref target, (nuint)sumStride);
                }
                else
                {
                    Dots(ref sample, apart, ref weights, stride, length, samples, rows, ref lanes, ref target, (nuint)sumStride);
                }
            }
        }
    }

    /// <summary>Joins the sums of the leaves, <paramref name="apart"/> floats apart, and adds the biases.</summary>
    private static void Join(Span<float> sums, int leaves, int apart, int sumStride, ReadOnlySpan<float> b, Span<float> y, DenseGeometry geometry)
    {
        int whole = geometry.Units & -TVector.Count;
        for (int n = 0; n < geometry.Samples; n++)
        {
            ref float sum = ref MemoryMarshal.GetReference(sums[(n * sumStride)..]);
            Span<float> outputs = y.Slice(n * geometry.UnitStride, geometry.Units);
            for (int o = 0; o < sumStride; o += TVector.Count)
            {
                ref float first = ref Unsafe.Add(ref sum, o);
                if (leaves != 8)
                {
                    SumTree.JoinVectors<TVector>(ref first, 0, leaves, apart, 1);
                }

                TVector joined = leaves == 8
                    ? TVector.Add(Four(ref first, (nuint)apart), Four(ref Unsafe.Add(ref first, 4 * apart), (nuint)apart))
                    : TVector.Load(ref first, 0);

                // Without a bias, −0 is added, which changes no number.
                if (o < whole)
                {
                    TVector added = b.IsEmpty ? TVector.Broadcast(-0f) : TVector.Load(ref MemoryMarshal.GetReference(b), (nuint)o);
                    TVector.Store(TVector.Add(joined, added), ref MemoryMarshal.GetReference(outputs), (nuint)o);
                    continue;
                }

                TVector.Store(joined, ref first, 0);
                for (int unit = o; unit < Math.Min(o + TVector.Count, geometry.Units); unit++)
                {
                    outputs[unit] = Unsafe.Add(ref sum, unit) + (b.IsEmpty ? -0f : b[unit]);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Four(ref float leaves, nuint stride) => TVector.Add(
        TVector.Add(TVector.Load(ref leaves, 0), TVector.Load(ref leaves, stride)),
        TVector.Add(TVector.Load(ref leaves, 2 * stride), TVector.Load(ref leaves, 3 * stride)));

    /// <summary>A leaf of inputs for one or two samples by up to four adjacent rows of weights, as [samples, 4].</summary>
    private static void Dots(ref float x, int apart, ref float w, int stride, int length, int samples, int rows, ref float lanes, ref float sums, nuint sumStride)
    {
        if (samples == 2)
        {
            EightDots(ref x, (nuint)apart, ref w, (nuint)stride, length, ref lanes);
            if (Avx.IsSupported)
            {
                Vector256<float> both = LaneSum.AddHalvesOfEight(ref lanes);
                both.GetLower().StoreUnsafe(ref sums);
                both.GetUpper().StoreUnsafe(ref sums, sumStride);
                return;
            }
        }

        for (int r = 0; samples == 1 && r < rows; r++)
        {
            OneDot(ref x, ref Unsafe.Add(ref w, r * stride), length, ref Unsafe.Add(ref lanes, r * Lanes.Count));
        }

        for (int s = 0; s < samples; s++)
        {
            LaneSum.AddHalves(ref Unsafe.Add(ref lanes, s * Tile * Lanes.Count)).StoreUnsafe(ref sums, (nuint)s * sumStride);
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
