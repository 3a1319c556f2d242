using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ConvNN.Kernels.Convolution;
using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.ConvPool;

/// <summary>The gradients of a fused convolution with many channels. Lanes are channels, as in <see cref="ChannelPlane"/>.</summary>
/// <remarks>The chains of a filter are [KH, KW, C], then the bias.</remarks>
internal readonly ref struct ChannelTerms<TVector> : ILeafTerms
    where TVector : struct, IVector<TVector>
{
    public required ReadOnlySpan<float> X { get; init; }

    public required ReadOnlySpan<float> Dy { get; init; }

    public required ReadOnlySpan<byte> Winners { get; init; }

    /// <summary>Space for one sample as [H, W, C].</summary>
    public required Span<float> Values { get; init; }

    /// <summary>Space for the winners of one filter.</summary>
    public required Span<Winner> List { get; init; }

    public required ChannelPlane Plane { get; init; }

    public required ConvPoolGeometry Geometry { get; init; }

    /// <summary>Floats of scratch memory for <see cref="Compute"/> and <see cref="InputGradient"/>, enough for any vector width.</summary>
    public static int ScratchLength(in ConvPoolGeometry geometry)
    {
        ChannelPlane plane = ChannelPlane.Of(geometry.Convolution, Lanes.Count);
        int filters = checked(geometry.Filters * FilterLength(plane, geometry));
        return checked(Winner.ScratchLength(geometry) + plane.Length + SubtreeSums<TVector>.ScratchLength(filters));
    }

    /// <summary>Computes dw and db; see <see cref="ConvPoolKernels.ParameterGradient"/>.</summary>
    public static void Compute(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, ReadOnlySpan<byte> winners, Span<float> dw, Span<float> db, ReadOnlySpan<int> edges, Span<float> scratch, in ConvPoolGeometry geometry)
    {
        Conv2dGeometry convolution = geometry.Convolution;
        ChannelTerms<TVector> terms = Create(x, dy, winners, ref scratch, geometry);
        int depth = terms.Plane.Depth;
        int filterLength = FilterLength(terms.Plane, geometry);
        Span<float> sums = SubtreeSums<TVector>.Compute(terms, edges, scratch, geometry.Filters * filterLength);
        int window = convolution.KernelHeight * convolution.KernelWidth;
        for (int f = 0; f < geometry.Filters; f++)
        {
            for (int c = 0; c < convolution.Channels; c++)
            {
                for (int k = 0; k < window; k++)
                {
                    dw[(f * convolution.TapStride) + (c * window) + k] = sums[(f * filterLength) + (k * depth) + c];
                }
            }

            if (!db.IsEmpty)
            {
                db[f] = sums[((f + 1) * filterLength) - Lanes.Count];
            }
        }
    }

    /// <summary>Computes dx; see <see cref="ConvPoolKernels.InputGradient"/>.</summary>
    public static void InputGradient(
        ReadOnlySpan<float> dy, ReadOnlySpan<byte> winners, ReadOnlySpan<float> w, Span<float> dx, Span<float> scratch, in ConvPoolGeometry geometry)
    {
        Conv2dGeometry convolution = geometry.Convolution;
        ChannelTerms<TVector> terms = Create(default, dy, winners, ref scratch, geometry);
        ChannelPlane plane = terms.Plane;
        int filterLength = plane.FilterLength(convolution);
        plane.Weights(w, scratch, convolution);
        for (int n = 0; n < geometry.Samples; n++)
        {
            terms.Values.Clear();
            for (int f = 0; f < geometry.Filters; f++)
            {
                int count = terms.Winning(n, f);
                for (int kh = 0; kh < convolution.KernelHeight; kh++)
                {
                    int length = convolution.KernelWidth * plane.Depth;
                    Scatter(
                        ref MemoryMarshal.GetReference(terms.List),
                        count,
                        ref MemoryMarshal.GetReference(scratch.Slice((f * filterLength) + (kh * length), length)),
                        ref terms.Values[kh * plane.RowStride],
                        length);
                }
            }

            plane.Finish(terms.Values, dx[(n * convolution.InputStride)..], convolution);
        }
    }

    /// <inheritdoc/>
    public void Sum(int first, int end, Span<float> sums)
    {
        sums.Clear();
        for (int n = first; n < end; n++)
        {
            Add(n, sums);
        }
    }

    private void Add(int sample, Span<float> sums)
    {
        Conv2dGeometry convolution = Geometry.Convolution;
        Plane.Fill(X.Slice(sample * convolution.InputStride, convolution.InputStride), Values, convolution);
        int filterLength = FilterLength(Plane, Geometry);
        int length = convolution.KernelWidth * Plane.Depth;
        for (int f = 0; f < Geometry.Filters; f++)
        {
            int count = Winning(sample, f);
            ref Winner first = ref MemoryMarshal.GetReference(List);
            Span<float> chains = sums.Slice(f * filterLength, filterLength);
            for (int kh = 0; kh < convolution.KernelHeight; kh++)
            {
                Gather(ref first, count, ref Values[kh * Plane.RowStride], ref chains[kh * length], length);
            }

            ref float bias = ref chains[filterLength - Lanes.Count];
            for (nint k = 0; k < count; k++)
            {
                bias += Unsafe.Add(ref first, k).Delta;
            }
        }
    }

    private static ChannelTerms<TVector> Create(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, ReadOnlySpan<byte> winners, ref Span<float> scratch, in ConvPoolGeometry geometry)
    {
        ChannelPlane plane = ChannelPlane.Of(geometry.Convolution, TVector.Count);
        return new ChannelTerms<TVector>
        {
            X = x,
            Dy = dy,
            Winners = winners,
            List = MemoryMarshal.Cast<float, Winner>(Scratch.Take(ref scratch, Winner.ScratchLength(geometry))),
            Values = Scratch.Take(ref scratch, plane.Length),
            Plane = plane,
            Geometry = geometry,
        };
    }

    private static int FilterLength(in ChannelPlane plane, in ConvPoolGeometry geometry) =>
        checked(plane.FilterLength(geometry.Convolution) + Lanes.Count);

    private int Winning(int sample, int filter) =>
        Winner.List(Winners, Dy, (sample, filter), List, (Plane.RowStride, Plane.Depth), Geometry);

    /// <summary><c>sums[j] += Σ_k delta_k · plane[position_k + j]</c>, with the winners in order.</summary>
    private static void Gather(ref Winner winners, nint count, ref float plane, ref float sums, int length)
    {
        int j = 0;
        for (; j <= length - (6 * TVector.Count); j += 6 * TVector.Count)
        {
            GatherSix(ref winners, count, ref Unsafe.Add(ref plane, j), ref Unsafe.Add(ref sums, j));
        }

        for (; j < length; j += TVector.Count)
        {
            TVector sum = TVector.Load(ref sums, (nuint)j);
            for (nint k = 0; k < count; k++)
            {
                Winner winner = Unsafe.Add(ref winners, k);
                sum = TVector.MultiplyAdd(TVector.Broadcast(winner.Delta), TVector.Load(ref Unsafe.Add(ref plane, winner.Position), (nuint)j), sum);
            }

            TVector.Store(sum, ref sums, (nuint)j);
        }
    }

    /// <summary>Six vectors: at 512 bits, three columns of 32 channels. Six chains hide most of the multiply-add latency.</summary>
    private static void GatherSix(ref Winner winners, nint count, ref float plane, ref float sums)
    {
        nuint lanes = (nuint)TVector.Count;
        TVector s0 = TVector.Load(ref sums, 0), s1 = TVector.Load(ref sums, lanes), s2 = TVector.Load(ref sums, 2 * lanes);
        TVector s3 = TVector.Load(ref sums, 3 * lanes), s4 = TVector.Load(ref sums, 4 * lanes), s5 = TVector.Load(ref sums, 5 * lanes);
        for (nint k = 0; k < count; k++)
        {
            ref Winner winner = ref Unsafe.Add(ref winners, k);
            ref float window = ref Unsafe.Add(ref plane, winner.Position);
            TVector delta = TVector.Broadcast(winner.Delta);
            s0 = TVector.MultiplyAdd(delta, TVector.Load(ref window, 0), s0);
            s1 = TVector.MultiplyAdd(delta, TVector.Load(ref window, lanes), s1);
            s2 = TVector.MultiplyAdd(delta, TVector.Load(ref window, 2 * lanes), s2);
            s3 = TVector.MultiplyAdd(delta, TVector.Load(ref window, 3 * lanes), s3);
            s4 = TVector.MultiplyAdd(delta, TVector.Load(ref window, 4 * lanes), s4);
            s5 = TVector.MultiplyAdd(delta, TVector.Load(ref window, 5 * lanes), s5);
        }

        TVector.Store(s0, ref sums, 0);
        TVector.Store(s1, ref sums, lanes);
        TVector.Store(s2, ref sums, 2 * lanes);
        TVector.Store(s3, ref sums, 3 * lanes);
        TVector.Store(s4, ref sums, 4 * lanes);
        TVector.Store(s5, ref sums, 5 * lanes);
    }

    /// <summary>
    /// <c>plane[position_k + j] += delta_k · w[j]</c>, from the last winner to the first. Each input thus receives the kernel's columns
    /// in ascending order, and also its rows, because there is one call per kernel row.
    /// </summary>
    private static void Scatter(ref Winner winners, nint count, ref float w, ref float plane, int length)
    {
        nuint lanes = (nuint)TVector.Count;
        int j = 0;
        for (; j <= length - (3 * TVector.Count); j += 3 * TVector.Count)
        {
            TVector w0 = TVector.Load(ref w, (nuint)j), w1 = TVector.Load(ref w, (nuint)j + lanes), w2 = TVector.Load(ref w, (nuint)j + (2 * lanes));
            for (nint k = count - 1; k >= 0; k--)
            {
                ref Winner winner = ref Unsafe.Add(ref winners, k);
                ref float target = ref Unsafe.Add(ref plane, winner.Position + j);
                TVector delta = TVector.Broadcast(winner.Delta);
                TVector.Store(TVector.MultiplyAdd(delta, w0, TVector.Load(ref target, 0)), ref target, 0);
                TVector.Store(TVector.MultiplyAdd(delta, w1, TVector.Load(ref target, lanes)), ref target, lanes);
                TVector.Store(TVector.MultiplyAdd(delta, w2, TVector.Load(ref target, 2 * lanes)), ref target, 2 * lanes);
            }
        }

        for (; j < length; j += TVector.Count)
        {
            TVector weight = TVector.Load(ref w, (nuint)j);
            for (nint k = count - 1; k >= 0; k--)
            {
                ref Winner winner = ref Unsafe.Add(ref winners, k);
                ref float target = ref Unsafe.Add(ref plane, winner.Position + j);
                TVector.Store(TVector.MultiplyAdd(TVector.Broadcast(winner.Delta), weight, TVector.Load(ref target, 0)), ref target, 0);
            }
        }
    }
}
