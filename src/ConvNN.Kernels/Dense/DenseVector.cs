using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Dense;

/// <summary>The fully connected layer on vectors: rows are padded to whole lanes, so there are no tails.</summary>
internal sealed partial class DenseVector<TVector> : DenseKernels
    where TVector : struct, IVector<TVector>
{
    // Vectors per tile along the inputs, or rows of weights. Two samples need eight accumulators, which hide the latency of a
    // multiply-add on two pipes and fit in the 16 registers of AVX2. The 32 registers of AVX-512 have space for four samples, which
    // halves the loads.
    private const int Tile = 4;

    private static int SampleTile => TVector.Count == Lanes.Count ? 4 : 2;

    private protected override void ForwardCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> b, Span<float> y, DenseGeometry geometry)
    {
        int stride = geometry.InputStride;
        Span<float> lanes = stackalloc float[Tile * Tile * Lanes.Count];
        ref float lane0 = ref MemoryMarshal.GetReference(lanes);
        for (int o = 0; o < geometry.Units; o += Tile)
        {
            // The rows of weights stay in the L1 cache for all samples.
            int rows = Math.Min(Tile, geometry.Units - o);
            ref float weights = ref MemoryMarshal.GetReference(w[(o * stride)..]);
            ReadOnlySpan<float> bias = b.IsEmpty ? default : b.Slice(o, rows);
            int samples, n = 0;
            for (; rows == Tile && TVector.Count == Lanes.Count && n <= geometry.Samples - 4; n += 4)
            {
                WideDots.FourByFour(
                    ref MemoryMarshal.GetReference(x[(n * stride)..]), ref weights, (nuint)stride, bias, ref y[(n * geometry.UnitStride) + o], (nuint)geometry.UnitStride);
            }

            for (; n < geometry.Samples; n += samples)
            {
                ref float sample = ref MemoryMarshal.GetReference(x[(n * stride)..]);
                samples = Dots(ref sample, ref weights, stride, rows, geometry.Samples - n, ref lane0);
                for (int s = 0; s < samples; s++)
                {
                    Span<float> outputs = y.Slice(((n + s) * geometry.UnitStride) + o, rows);
                    ref float sums = ref Unsafe.Add(ref lane0, s * rows * Lanes.Count);
                    if (rows == Tile)
                    {
                        Vector128<float> four = AddHalves(ref sums);
                        (bias.IsEmpty ? four : four + Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(bias))).CopyTo(outputs);
                        continue;
                    }

                    for (int r = 0; r < rows; r++)
                    {
                        float sum = AddHalvesOfOne(ref Unsafe.Add(ref sums, r * Lanes.Count));
                        outputs[r] = bias.IsEmpty ? sum : sum + bias[r];
                    }
                }
            }
        }
    }

    /// <summary>The 16 lane sums of some samples with some rows of weights, as [samples, rows, 16].</summary>
    /// <returns>Number of samples processed.</returns>
    private static int Dots(ref float x, ref float w, int stride, int rows, int samples, ref float lanes)
    {
        if (rows == Tile && samples >= 2)
        {
            EightDots(ref x, ref w, stride, ref lanes);
            return 2;
        }

        for (int r = 0; r < rows; r++)
        {
            OneDot(ref x, ref Unsafe.Add(ref w, r * stride), stride, ref Unsafe.Add(ref lanes, r * Lanes.Count));
        }

        return 1;
    }

    /// <summary>The 16 lane sums of two samples with each of four adjacent rows of weights.</summary>
    private static void EightDots(ref float x, ref float w, int stride, ref float lanes)
    {
        ref float x1 = ref Unsafe.Add(ref x, stride);
        ref float w1 = ref Unsafe.Add(ref w, stride);
        ref float w2 = ref Unsafe.Add(ref w, 2 * stride);
        ref float w3 = ref Unsafe.Add(ref w, 3 * stride);
        for (int lane = 0; lane < Lanes.Count; lane += TVector.Count)
        {
            TVector a0 = TVector.Zero, a1 = TVector.Zero, a2 = TVector.Zero, a3 = TVector.Zero;
            TVector b0 = TVector.Zero, b1 = TVector.Zero, b2 = TVector.Zero, b3 = TVector.Zero;
            for (nuint i = (nuint)lane; i < (nuint)stride; i += Lanes.Count)
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

            VectorTile<TVector>.Store(a0, a1, a2, a3, ref Unsafe.Add(ref lanes, lane), Lanes.Count);
            VectorTile<TVector>.Store(b0, b1, b2, b3, ref Unsafe.Add(ref lanes, lane + (Tile * Lanes.Count)), Lanes.Count);
        }
    }

    private static void OneDot(ref float x, ref float w, int stride, ref float lanes)
    {
        for (int lane = 0; lane < Lanes.Count; lane += TVector.Count)
        {
            TVector s = TVector.Zero;
            for (nuint i = (nuint)lane; i < (nuint)stride; i += Lanes.Count)
            {
                s = TVector.MultiplyAdd(TVector.Load(ref x, i), TVector.Load(ref w, i), s);
            }

            TVector.Store(s, ref lanes, (nuint)lane);
        }
    }

    /// <summary>For four adjacent dot products, adds the upper half of 16 lanes to the lower half, four times, then <c>0f</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> AddHalves(ref float lanes)
    {
        // Two dot products per vector: lanes 0 and 1 of each, after the steps with halves of 8, 4 and 2.
        Vector128<float> left = AddTwo(Quarter(ref lanes), Quarter(ref Unsafe.Add(ref lanes, Lanes.Count)));
        Vector128<float> right = AddTwo(Quarter(ref Unsafe.Add(ref lanes, 2 * Lanes.Count)), Quarter(ref Unsafe.Add(ref lanes, 3 * Lanes.Count)));
        left = Vector128.Shuffle(left, Vector128.Create(0, 2, 1, 3));
        right = Vector128.Shuffle(right, Vector128.Create(0, 2, 1, 3));
        return AddTwo(left, right) + Vector128<float>.Zero;

        static Vector128<float> AddTwo(Vector128<float> first, Vector128<float> second) =>
            Vector128.Create(first.GetLower(), second.GetLower()) + Vector128.Create(first.GetUpper(), second.GetUpper());
    }

    private static float AddHalvesOfOne(ref float lanes)
    {
        Vector128<float> four = Quarter(ref lanes);
        return (four[0] + four[2]) + (four[1] + four[3]) + 0f;
    }

    /// <summary>The 16 lanes reduced to four, by the steps with halves of 8 and 4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Quarter(ref float lanes)
    {
        return (Load(ref lanes, 0) + Load(ref lanes, 8)) + (Load(ref lanes, 4) + Load(ref lanes, 12));

        static Vector128<float> Load(ref float source, nuint index) => Vector128.LoadUnsafe(ref source, index);
    }
}
