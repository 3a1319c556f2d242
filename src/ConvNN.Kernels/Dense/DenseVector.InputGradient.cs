using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ConvNN.Kernels.Optimizers;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Dense;

/// <content>
/// The input gradient. Lanes are inputs, and each is one chain over the units, or over those that <see cref="TermLists"/> has.
/// </content>
internal sealed partial class DenseVector<TVector>
{
    // Vectors of inputs in a tile. Two samples need eight accumulators, which hide the latency of a multiply-add on two pipes and fit
    // in the 16 registers of AVX2. The 32 registers of AVX-512 have space for five samples, which more than halves the loads.
    private const int TileVectors = 4;
    private const int WideSamples = 5;

    // The share of output gradients other than zero up to which sums of their rows alone are faster.
    private const double FewUnits = 3 / 8.0;

    private protected override void InputGradientCore(ReadOnlySpan<float> dy, ReadOnlySpan<float> w, Span<float> dx, DenseGeometry geometry)
    {
        if (HasRowTiles(geometry) && NonZero(dy, 0, geometry.Samples, geometry) is { Share: <= FewUnits } nonZero)
        {
            int own = RowLength(unfinished: 0);
            Span<float> memory = Memory(own + TermLists.LengthBySample(geometry)), scratch = memory[own..];
            TermLists lists = TermLists.BySample(dy, nonZero, ref scratch, geometry);
            GradientUse<TVector, AssignUpdate<TVector>, NoSquares<TVector>> assign = default;
            SumRows(lists, w, geometry.Units, 1f, ref assign, dx, memory, geometry);
            return;
        }

        int width = TileVectors * TVector.Count, stride = geometry.InputStride, unitStride = geometry.UnitStride;
        int most = Math.Min(geometry.Samples, TVector.Count == Lanes.Count && geometry.Samples >= WideSamples ? WideSamples : 2);
        int first = geometry.Part.First, end = geometry.EndColumn;
        Span<float> buffer = stackalloc float[WideSamples * width];
        for (int i = first & -TVector.Count; i < end; i += width)
        {
            // The tile of weights stays in the L1 cache for all samples. A tile that would reach beyond the row begins earlier.
            int begin = Math.Max(0, Math.Min(i, stride - width));
            int from = Math.Max(i, first), to = Math.Min(i + width, end);
            ref float weights = ref MemoryMarshal.GetReference(w[begin..]);
            bool isWhole = from == begin && to == begin + width;
            for (int n = 0; n < geometry.Samples; n += most)
            {
                // The last tile of samples computes some of them once more.
                n = Math.Min(n, geometry.Samples - most);
                ref float delta = ref MemoryMarshal.GetReference(dy[(n * unitStride)..]);
                ref float target = ref isWhole ? ref dx[(n * stride) + begin] : ref MemoryMarshal.GetReference(buffer);
                nuint targetStride = (nuint)(isWhole ? stride : width);
                if (begin + width > stride)
                {
                    for (int s = 0; s < most; s++)
                    {
                        for (int v = 0; v < stride; v += TVector.Count)
                        {
                            OneChain(ref Unsafe.Add(ref delta, s * unitStride), ref Unsafe.Add(ref weights, v), stride, geometry.Units, ref Unsafe.Add(ref target, (s * width) + v));
                        }
                    }
                }
                else if (most == WideSamples)
                {
                    FiveSamples(ref delta, (nuint)unitStride, ref weights, stride, geometry.Units, ref target, targetStride);
                }
                else
                {
                    TwoSamples(ref delta, most == 2 ? (nuint)unitStride : 0, ref weights, stride, geometry.Units, ref target, most == 2 ? targetStride : 0);
                }

                for (int s = 0; !isWhole && s < most; s++)
                {
                    buffer.Slice((s * width) + from - begin, to - from).CopyTo(dx[(((n + s) * stride) + from)..]);
                }
            }
        }
    }

    /// <summary>Five samples by four vectors, <c>sum[s, j] = Σ_k delta[s, k] · rows[k, j]</c>, as chains from +0. Each row is loaded once for all samples.</summary>
    private static void FiveSamples(ref float delta, nuint next, ref float rows, int stride, int count, ref float sum, nuint sumStride)
    {
        TVector a0 = TVector.Zero, a1 = TVector.Zero, a2 = TVector.Zero, a3 = TVector.Zero;
        TVector b0 = TVector.Zero, b1 = TVector.Zero, b2 = TVector.Zero, b3 = TVector.Zero;
        TVector c0 = TVector.Zero, c1 = TVector.Zero, c2 = TVector.Zero, c3 = TVector.Zero;
        TVector d0 = TVector.Zero, d1 = TVector.Zero, d2 = TVector.Zero, d3 = TVector.Zero;
        TVector e0 = TVector.Zero, e1 = TVector.Zero, e2 = TVector.Zero, e3 = TVector.Zero;
        ref float delta3 = ref Unsafe.Add(ref delta, 3 * next);
        ref float row = ref rows;
        for (nuint k = 0; k < (nuint)count; k++)
        {
            TVector w0 = TVector.Load(ref row, 0);
            TVector w1 = TVector.Load(ref row, (nuint)TVector.Count);
            TVector w2 = TVector.Load(ref row, (nuint)(2 * TVector.Count));
            TVector w3 = TVector.Load(ref row, (nuint)(3 * TVector.Count));
            TVector scale = TVector.Broadcast(Unsafe.Add(ref delta, k));
            a0 = TVector.MultiplyAdd(scale, w0, a0);
            a1 = TVector.MultiplyAdd(scale, w1, a1);
            a2 = TVector.MultiplyAdd(scale, w2, a2);
            a3 = TVector.MultiplyAdd(scale, w3, a3);
            scale = TVector.Broadcast(Unsafe.Add(ref delta, k + next));
            b0 = TVector.MultiplyAdd(scale, w0, b0);
            b1 = TVector.MultiplyAdd(scale, w1, b1);
            b2 = TVector.MultiplyAdd(scale, w2, b2);
            b3 = TVector.MultiplyAdd(scale, w3, b3);
            scale = TVector.Broadcast(Unsafe.Add(ref delta, k + (2 * next)));
            c0 = TVector.MultiplyAdd(scale, w0, c0);
            c1 = TVector.MultiplyAdd(scale, w1, c1);
            c2 = TVector.MultiplyAdd(scale, w2, c2);
            c3 = TVector.MultiplyAdd(scale, w3, c3);
            scale = TVector.Broadcast(Unsafe.Add(ref delta3, k));
            d0 = TVector.MultiplyAdd(scale, w0, d0);
            d1 = TVector.MultiplyAdd(scale, w1, d1);
            d2 = TVector.MultiplyAdd(scale, w2, d2);
            d3 = TVector.MultiplyAdd(scale, w3, d3);
            scale = TVector.Broadcast(Unsafe.Add(ref delta3, k + next));
            e0 = TVector.MultiplyAdd(scale, w0, e0);
            e1 = TVector.MultiplyAdd(scale, w1, e1);
            e2 = TVector.MultiplyAdd(scale, w2, e2);
            e3 = TVector.MultiplyAdd(scale, w3, e3);
            row = ref Unsafe.Add(ref row, stride);
        }

        VectorTile<TVector>.Store(a0, a1, a2, a3, ref sum, TVector.Count);
        VectorTile<TVector>.Store(b0, b1, b2, b3, ref Unsafe.Add(ref sum, sumStride), TVector.Count);
        VectorTile<TVector>.Store(c0, c1, c2, c3, ref Unsafe.Add(ref sum, 2 * sumStride), TVector.Count);
        VectorTile<TVector>.Store(d0, d1, d2, d3, ref Unsafe.Add(ref sum, 3 * sumStride), TVector.Count);
        VectorTile<TVector>.Store(e0, e1, e2, e3, ref Unsafe.Add(ref sum, 4 * sumStride), TVector.Count);
    }

    /// <summary>Like <see cref="FiveSamples"/>, for two.</summary>
    private static void TwoSamples(ref float delta, nuint next, ref float rows, int stride, int count, ref float sum, nuint sumStride)
    {
        TVector a0 = TVector.Zero, a1 = TVector.Zero, a2 = TVector.Zero, a3 = TVector.Zero;
        TVector b0 = TVector.Zero, b1 = TVector.Zero, b2 = TVector.Zero, b3 = TVector.Zero;
        ref float row = ref rows;
        for (nuint k = 0; k < (nuint)count; k++)
        {
            TVector w0 = TVector.Load(ref row, 0);
            TVector w1 = TVector.Load(ref row, (nuint)TVector.Count);
            TVector w2 = TVector.Load(ref row, (nuint)(2 * TVector.Count));
            TVector w3 = TVector.Load(ref row, (nuint)(3 * TVector.Count));
            TVector scale = TVector.Broadcast(Unsafe.Add(ref delta, k));
            a0 = TVector.MultiplyAdd(scale, w0, a0);
            a1 = TVector.MultiplyAdd(scale, w1, a1);
            a2 = TVector.MultiplyAdd(scale, w2, a2);
            a3 = TVector.MultiplyAdd(scale, w3, a3);
            scale = TVector.Broadcast(Unsafe.Add(ref delta, k + next));
            b0 = TVector.MultiplyAdd(scale, w0, b0);
            b1 = TVector.MultiplyAdd(scale, w1, b1);
            b2 = TVector.MultiplyAdd(scale, w2, b2);
            b3 = TVector.MultiplyAdd(scale, w3, b3);
            row = ref Unsafe.Add(ref row, stride);
        }

        VectorTile<TVector>.Store(a0, a1, a2, a3, ref sum, TVector.Count);
        VectorTile<TVector>.Store(b0, b1, b2, b3, ref Unsafe.Add(ref sum, sumStride), TVector.Count);
    }

    private static void OneChain(ref float delta, ref float rows, int stride, int count, ref float sum)
    {
        TVector s = TVector.Zero;
        for (int k = 0; k < count; k++)
        {
            s = TVector.MultiplyAdd(TVector.Broadcast(Unsafe.Add(ref delta, k)), TVector.Load(ref rows, (nuint)(k * stride)), s);
        }

        TVector.Store(TVector.Add(s, TVector.Zero), ref sum, 0);
    }
}
