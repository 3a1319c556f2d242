using System.Runtime.InteropServices;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Convolution;

/// <content>
/// Forward pass and input gradient with filters or channels as lanes, for rows that would leave much of a vector idle. Both
/// compute the same kind of sum: over the padded input, or over the zero-padded output gradient.
/// </content>
internal sealed partial class Conv2dVector<TVector>
{
    // The sums of a sample are written and read back: if they exceed the L2 cache, 1 MB, that costs more than idle lanes.
    private const int MaxSums = 1 << 18;

    /// <summary>
    /// Whether the outputs of a position fill vectors at least as well as the columns of a row:
    /// <c>outputs / stride · width / planeWidth ≥ width / RoundUp(width)</c>.
    /// </summary>
    /// <param name="outputs">Filters, or channels for the input gradient.</param>
    /// <param name="size">Rows and columns of an output.</param>
    /// <param name="planeWidth">Columns of the plane; results at positions between two rows of outputs are discarded.</param>
    /// <param name="geometry">The sizes.</param>
    private static bool LanesAreOutputs(int outputs, (int Height, int Width) size, int planeWidth, in Conv2dGeometry geometry) =>
        geometry is { Groups: 1, StrideHeight: 1, StrideWidth: 1 }
        && (long)PositionSums<TVector>.Stride(outputs) * size.Height * planeWidth <= MaxSums
        && (long)outputs * Lanes.RoundUp(size.Width) >= (long)PositionSums<TVector>.Stride(outputs) * planeWidth;

    private static bool ForwardByFilters(in Conv2dGeometry geometry) =>
        LanesAreOutputs(geometry.Filters, (geometry.OutputHeight, geometry.OutputWidth), geometry.PaddedWidth, geometry);

    private static bool InputGradientByChannels(in Conv2dGeometry geometry) =>
        LanesAreOutputs(geometry.Channels, (geometry.Height, geometry.Width), DeltaPlane.Of(geometry).Width, geometry);

    private static int OutputsScratch(in Conv2dGeometry geometry)
    {
        int forward = ForwardByFilters(geometry)
            ? OutputsScratch(geometry.Taps, geometry.Filters, geometry.OutputHeight * geometry.PaddedWidth, PaddedPlane.LengthOf(geometry))
            : 0;
        DeltaPlane plane = DeltaPlane.Of(geometry);
        int gradient = InputGradientByChannels(geometry)
            ? OutputsScratch(GradientTaps(geometry), geometry.Channels, geometry.Height * plane.Width, plane.LengthOf(geometry))
            : 0;
        return Math.Max(forward, gradient);
    }

    private static int OutputsScratch(int taps, int outputs, int positions, int planeLength) => checked(
        taps
        + PositionSums<TVector>.WeightsLength(taps, outputs)
        + PositionSums<TVector>.SumsLength(positions, outputs)
        + planeLength
        + PositionSums<TVector>.Overhang);

    private static int GradientTaps(in Conv2dGeometry geometry) => geometry.Filters * geometry.KernelHeight * geometry.KernelWidth;

    private static void ForwardByFilters(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> b, Span<float> y, Span<float> scratch, in Conv2dGeometry geometry)
    {
        Span<int> offsets = MemoryMarshal.Cast<float, int>(Scratch.Take(ref scratch, geometry.Taps));
        Span<float> weights = Scratch.Take(ref scratch, PositionSums<TVector>.WeightsLength(geometry.Taps, geometry.Filters));
        PaddedPlane.TapOffsets(offsets, geometry);
        weights.Clear();
        for (int f = 0; f < geometry.Filters; f++)
        {
            for (int t = 0; t < geometry.Taps; t++)
            {
                weights[PositionSums<TVector>.WeightAt(t, f, geometry.Taps, geometry.Filters)] = w[(f * geometry.TapStride) + t];
            }

            weights[PositionSums<TVector>.WeightAt(geometry.Taps, f, geometry.Taps, geometry.Filters)] = b.IsEmpty ? 0f : b[f];
        }

        Span<float> sums = Scratch.Take(ref scratch, PositionSums<TVector>.SumsLength(geometry.OutputHeight * geometry.PaddedWidth, geometry.Filters));
        Span<float> plane = Scratch.Take(ref scratch, PaddedPlane.LengthOf(geometry) + PositionSums<TVector>.Overhang);
        for (int n = 0; n < geometry.Samples; n++)
        {
            PaddedPlane.Fill(x.Slice(n * geometry.InputStride, geometry.InputStride), plane, geometry);
            Rows(plane, geometry.PaddedWidth, offsets, weights, sums, y[(n * geometry.OutputStride)..], (geometry.Filters, geometry.OutputHeight, geometry.OutputWidth));
        }
    }

    private static void InputGradientByChannels(ReadOnlySpan<float> dy, ReadOnlySpan<float> w, Span<float> dx, Span<float> scratch, in Conv2dGeometry geometry)
    {
        DeltaPlane plane = DeltaPlane.Of(geometry);
        int taps = GradientTaps(geometry), window = geometry.KernelHeight * geometry.KernelWidth;
        Span<int> offsets = MemoryMarshal.Cast<float, int>(Scratch.Take(ref scratch, taps));
        Span<float> weights = Scratch.Take(ref scratch, PositionSums<TVector>.WeightsLength(taps, geometry.Channels));
        _ = plane.Offsets(offsets, 0, 0, geometry);
        weights.Clear();
        for (int t = 0; t < taps; t++)
        {
            (int f, int place) = Math.DivRem(t, window);
            for (int c = 0; c < geometry.Channels; c++)
            {
                weights[PositionSums<TVector>.WeightAt(t, c, taps, geometry.Channels)] = w[(f * geometry.TapStride) + (c * window) + place];
            }
        }

        Span<float> sums = Scratch.Take(ref scratch, PositionSums<TVector>.SumsLength(geometry.Height * plane.Width, geometry.Channels));
        Span<float> deltas = Scratch.Take(ref scratch, plane.LengthOf(geometry) + PositionSums<TVector>.Overhang);
        deltas.Clear();
        for (int n = 0; n < geometry.Samples; n++)
        {
            plane.Fill(deltas, dy[(n * geometry.OutputStride)..], geometry);
            Rows(
                deltas[((geometry.PaddingHeight * plane.Width) + geometry.PaddingWidth)..],
                plane.Width, offsets, weights, sums, dx[(n * geometry.InputStride)..], (geometry.Channels, geometry.Height, geometry.Width));
        }
    }

    /// <summary>All outputs of a sample, [Count, Height, Width], from a plane with longer rows; the extra results are discarded.</summary>
    private static void Rows(
        ReadOnlySpan<float> plane, int planeWidth, ReadOnlySpan<int> offsets, Span<float> weights, Span<float> sums, Span<float> target, (int Count, int Height, int Width) outputs)
    {
        int stride = PositionSums<TVector>.Stride(outputs.Count);
        PositionSums<TVector>.Compute(
            ref MemoryMarshal.GetReference(plane), offsets, ref weights[0], ref sums[0], ((outputs.Height - 1) * planeWidth) + outputs.Width, outputs.Count);
        for (int row = 0; row < outputs.Height; row++)
        {
            Transposition.Copy(
                ref sums[row * planeWidth * stride], stride, ref target[row * outputs.Width], outputs.Height * outputs.Width, outputs.Width, outputs.Count);
        }
    }
}
