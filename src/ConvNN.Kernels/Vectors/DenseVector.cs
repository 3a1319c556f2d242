using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ConvNN.Kernels.Vectors;

/// <summary>The fully connected layer on vectors: rows are padded to whole lanes, so there are no tails.</summary>
internal sealed class DenseVector<TVector> : DenseKernels
    where TVector : struct, IVector<TVector>
{
    // Vectors of a tile along the inputs. Each is an accumulator, so four hide the latency of a multiply-add
    // on two pipes; more gain nothing while the weights come from L2.
    private const int Tile = 4;

    private protected override void ForwardCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> b, Span<float> y, DenseGeometry geometry)
    {
        ref float bias = ref MemoryMarshal.GetReference(b);
        Span<float> lanes = stackalloc float[Tile * Lanes.Count];
        for (int o = 0; o < geometry.Units; o += Tile)
        {
            int rows = Math.Min(Tile, geometry.Units - o);
            ref float w0 = ref MemoryMarshal.GetReference(w[(o * geometry.InputStride)..]);
            for (int n = 0; n < geometry.Samples; n++)
            {
                ref float sample = ref MemoryMarshal.GetReference(x[(n * geometry.InputStride)..]);
                if (rows == Tile)
                {
                    FourDots(ref sample, ref w0, geometry.InputStride, ref MemoryMarshal.GetReference(lanes));
                }
                else
                {
                    for (int r = 0; r < rows; r++)
                    {
                        OneDot(ref sample, ref Unsafe.Add(ref w0, r * geometry.InputStride), geometry.InputStride, ref lanes[r * Lanes.Count]);
                    }
                }

                for (int r = 0; r < rows; r++)
                {
                    float sum = AddHalves(ref lanes[r * Lanes.Count]) + 0f;
                    y[(n * geometry.UnitStride) + o + r] = b.IsEmpty ? sum : sum + Unsafe.Add(ref bias, o + r);
                }
            }
        }
    }

    private protected override void InputGradientCore(ReadOnlySpan<float> dy, ReadOnlySpan<float> w, Span<float> dx, DenseGeometry geometry)
    {
        int width = Tile * TVector.Count;
        Span<float> leaves = stackalloc float[geometry.UnitLeaves * width];
        ref float leaf0 = ref MemoryMarshal.GetReference(leaves);
        ref float weights = ref MemoryMarshal.GetReference(w);
        for (int i = 0; i < geometry.InputStride; i += width)
        {
            // The tile of weights stays in the first cache over all samples.
            int vectors = Math.Min(Tile, (geometry.InputStride - i) / TVector.Count);
            for (int n = 0; n < geometry.Samples; n++)
            {
                ref float deltas = ref MemoryMarshal.GetReference(dy[(n * geometry.UnitStride)..]);
                for (int h = 0; h < geometry.UnitLeaves; h++)
                {
                    int first = h * geometry.UnitsPerLeaf;
                    Chain(
                        ref Unsafe.Add(ref deltas, first),
                        1,
                        ref Unsafe.Add(ref weights, (first * geometry.InputStride) + i),
                        geometry.InputStride,
                        Math.Min(geometry.UnitsPerLeaf, geometry.Units - first),
                        vectors,
                        ref Unsafe.Add(ref leaf0, h * width));
                }

                SumTree.JoinVectors<TVector>(ref leaf0, 0, geometry.UnitLeaves, width, vectors);
                leaves[..(vectors * TVector.Count)].CopyTo(dx[((n * geometry.InputStride) + i)..]);
            }
        }
    }

    private protected override void WeightGradientCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dw, ReadOnlySpan<int> edges, DenseGeometry geometry)
    {
        ref float inputs = ref MemoryMarshal.GetReference(x);
        ref float deltas = ref MemoryMarshal.GetReference(dy);
        ref float target = ref MemoryMarshal.GetReference(dw);
        for (int i = 0; i < geometry.InputStride; i += TVector.Count)
        {
            // The column of inputs stays in the first cache over all units.
            LeafTree<TVector> tree = new(edges, ref Unsafe.Add(ref inputs, i), geometry.InputStride, geometry.UnitStride);
            for (int o = 0; o < geometry.Units; o++)
            {
                TVector.Store(tree.Sum(ref Unsafe.Add(ref deltas, o)), ref target, (nuint)((o * geometry.InputStride) + i));
            }
        }
    }

    /// <summary>One leaf of a tile: <c>sum[j] = Σ_k scale[k · scaleStride] · rows[k · rowStride + j]</c>, a chain from +0 that ends in <c>+ 0f</c>.</summary>
    private static void Chain(ref float scale, int scaleStride, ref float rows, int rowStride, int count, int vectors, ref float sum)
    {
        if (vectors == Tile)
        {
            TVector s0 = TVector.Zero, s1 = TVector.Zero, s2 = TVector.Zero, s3 = TVector.Zero;
            for (int k = 0; k < count; k++)
            {
                TVector factor = TVector.Broadcast(Unsafe.Add(ref scale, k * scaleStride));
                ref float row = ref Unsafe.Add(ref rows, k * rowStride);
                s0 = TVector.MultiplyAdd(factor, TVector.Load(ref row, 0), s0);
                s1 = TVector.MultiplyAdd(factor, TVector.Load(ref row, (nuint)TVector.Count), s1);
                s2 = TVector.MultiplyAdd(factor, TVector.Load(ref row, (nuint)(2 * TVector.Count)), s2);
                s3 = TVector.MultiplyAdd(factor, TVector.Load(ref row, (nuint)(3 * TVector.Count)), s3);
            }

            TVector.Store(TVector.Add(s0, TVector.Zero), ref sum, 0);
            TVector.Store(TVector.Add(s1, TVector.Zero), ref sum, (nuint)TVector.Count);
            TVector.Store(TVector.Add(s2, TVector.Zero), ref sum, (nuint)(2 * TVector.Count));
            TVector.Store(TVector.Add(s3, TVector.Zero), ref sum, (nuint)(3 * TVector.Count));
            return;
        }

        for (int v = 0; v < vectors; v++)
        {
            TVector s = TVector.Zero;
            for (int k = 0; k < count; k++)
            {
                s = TVector.MultiplyAdd(
                    TVector.Broadcast(Unsafe.Add(ref scale, k * scaleStride)),
                    TVector.Load(ref rows, (nuint)((k * rowStride) + (v * TVector.Count))),
                    s);
            }

            TVector.Store(TVector.Add(s, TVector.Zero), ref sum, (nuint)(v * TVector.Count));
        }
    }

    /// <summary>The 16 lane sums of a sample with each of four neighbouring rows of weights.</summary>
    private static void FourDots(ref float x, ref float w, int stride, ref float lanes)
    {
        ref float w1 = ref Unsafe.Add(ref w, stride);
        ref float w2 = ref Unsafe.Add(ref w, 2 * stride);
        ref float w3 = ref Unsafe.Add(ref w, 3 * stride);
        for (int lane = 0; lane < Lanes.Count; lane += TVector.Count)
        {
            TVector s0 = TVector.Zero, s1 = TVector.Zero, s2 = TVector.Zero, s3 = TVector.Zero;
            for (nuint i = (nuint)lane; i < (nuint)stride; i += Lanes.Count)
            {
                TVector input = TVector.Load(ref x, i);
                s0 = TVector.MultiplyAdd(input, TVector.Load(ref w, i), s0);
                s1 = TVector.MultiplyAdd(input, TVector.Load(ref w1, i), s1);
                s2 = TVector.MultiplyAdd(input, TVector.Load(ref w2, i), s2);
                s3 = TVector.MultiplyAdd(input, TVector.Load(ref w3, i), s3);
            }

            TVector.Store(s0, ref lanes, (nuint)lane);
            TVector.Store(s1, ref lanes, (nuint)(lane + Lanes.Count));
            TVector.Store(s2, ref lanes, (nuint)(lane + (2 * Lanes.Count)));
            TVector.Store(s3, ref lanes, (nuint)(lane + (3 * Lanes.Count)));
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

    /// <summary>Adds the upper half of 16 lanes to the lower, four times.</summary>
    private static float AddHalves(ref float lanes)
    {
        System.Runtime.Intrinsics.Vector128<float> four =
            (Load(ref lanes, 0) + Load(ref lanes, 8)) + (Load(ref lanes, 4) + Load(ref lanes, 12));
        return (four[0] + four[2]) + (four[1] + four[3]);

        static System.Runtime.Intrinsics.Vector128<float> Load(ref float source, nuint index) =>
            System.Runtime.Intrinsics.Vector128.LoadUnsafe(ref source, index);
    }
}
