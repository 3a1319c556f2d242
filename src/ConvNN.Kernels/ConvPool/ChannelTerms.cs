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
        WinnerTiles<TVector> tiles = new(plane, convolution);
        plane.Weights(w, scratch, convolution);
        for (int n = 0; n < geometry.Samples; n++)
        {
            terms.Values.Clear();
            for (int f = 0; f < geometry.Filters; f++)
            {
                int count = terms.Winning(n, f);
                tiles.Scatter(ref MemoryMarshal.GetReference(terms.List), count, ref scratch[f * filterLength], ref terms.Values[0]);
            }

            plane.Finish<TVector>(terms.Values, dx[(n * convolution.InputStride)..], convolution);
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
        WinnerTiles<TVector> tiles = new(Plane, convolution);
        for (int f = 0; f < Geometry.Filters; f++)
        {
            int count = Winning(sample, f);
            ref Winner first = ref MemoryMarshal.GetReference(List);
            Span<float> chains = sums.Slice(f * filterLength, filterLength);
            tiles.Gather(ref first, count, ref Values[0], ref chains[0]);
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
}
