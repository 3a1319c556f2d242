using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Convolution;

/// <content>
/// The input gradient. Lanes are the columns of a phase of <see cref="DeltaPlane"/>. They are adjacent if the stride is 1;
/// otherwise each finished row is scattered to its columns.
/// </content>
internal sealed partial class Conv2dVector<TVector>
{
    /// <summary>Floats of a row of sums before scattering.</summary>
    private static int PhaseStride(in Conv2dGeometry geometry) => Lanes.RoundUp(geometry.Width);

    private static int InputGradientScratch(in Conv2dGeometry geometry)
    {
        checked
        {
            int chain = geometry.GroupFilters * geometry.KernelHeight * geometry.KernelWidth;
            return chain + (geometry.Channels * chain) + (Tile * PhaseStride(geometry)) + DeltaPlane.Of(geometry).LengthOf(geometry);
        }
    }

    private protected override void InputGradientCore(
        ReadOnlySpan<float> dy, ReadOnlySpan<float> w, Span<float> dx, Span<float> scratch, in Conv2dGeometry geometry)
    {
        if (InputGradientByChannels(geometry))
        {
            InputGradientByChannels(dy, w, dx, scratch, geometry);
            return;
        }

        if (Narrower(geometry.Width / geometry.StrideWidth) is { } narrower)
        {
            narrower.InputGradient(dy, w, dx, scratch, geometry);
            return;
        }

        DeltaPlane plane = DeltaPlane.Of(geometry);
        int chain = geometry.GroupFilters * geometry.KernelHeight * geometry.KernelWidth;
        Span<int> offsets = MemoryMarshal.Cast<float, int>(Scratch.Take(ref scratch, chain));
        Span<float> weights = Scratch.Take(ref scratch, geometry.Channels * chain);
        Span<float> row = Scratch.Take(ref scratch, Tile * PhaseStride(geometry));
        Span<float> deltas = Scratch.Take(ref scratch, plane.LengthOf(geometry));
        deltas.Clear();
        for (int phase = 0; phase < geometry.StrideHeight * geometry.StrideWidth; phase++)
        {
            (int a, int b) = Math.DivRem(phase, geometry.StrideWidth);
            Span<int> taps = offsets[..plane.Offsets(offsets, a, b, geometry)];
            DeltaPlane.Weights(w, weights, a, b, geometry);
            for (int n = 0; n < geometry.Samples; n++)
            {
                plane.Fill(deltas, dy[(n * geometry.OutputStride)..], geometry);
                Phase(plane, deltas, taps, weights, row, dx[(n * geometry.InputStride)..], (a, b), geometry);
            }
        }
    }

    /// <summary>The inputs of one sample whose rows and columns, counted with padding, have the remainders of a phase.</summary>
    private static void Phase(
        in DeltaPlane plane, Span<float> deltas, ReadOnlySpan<int> offsets, Span<float> weights, Span<float> row, Span<float> dx, (int Row, int Column) phase, in Conv2dGeometry geometry)
    {
        int first = First(phase.Column, geometry.PaddingWidth, geometry.StrideWidth);
        int width = (geometry.Width - first + geometry.StrideWidth - 1) / geometry.StrideWidth;
        int window = (first + geometry.PaddingWidth) / geometry.StrideWidth;
        bool isScattered = geometry.StrideWidth > 1;
        for (int c = 0; c < geometry.Channels && width > 0;)
        {
            int group = c / geometry.GroupChannels;
            int rows = Math.Min(Tile, ((group + 1) * geometry.GroupChannels) - c);
            for (int ih = First(phase.Row, geometry.PaddingHeight, geometry.StrideHeight); ih < geometry.Height; ih += geometry.StrideHeight)
            {
                int oh = (group * geometry.GroupFilters * plane.Height) + ((ih + geometry.PaddingHeight) / geometry.StrideHeight);
                ref float target = ref dx[((c * geometry.Height) + ih) * geometry.Width];
                RowSums(
                    ref deltas[(oh * plane.Width) + window],
                    offsets,
                    ref weights[c * offsets.Length],
                    offsets.Length,
                    default,
                    ref isScattered ? ref row[0] : ref target,
                    isScattered ? PhaseStride(geometry) : geometry.Height * geometry.Width,
                    rows,
                    width);
                for (int r = 0; r < rows && isScattered; r++)
                {
                    ref float channel = ref Unsafe.Add(ref target, (r * geometry.Height * geometry.Width) + first);
                    for (int i = 0; i < width; i++)
                    {
                        Unsafe.Add(ref channel, i * geometry.StrideWidth) = row[(r * PhaseStride(geometry)) + i];
                    }
                }
            }

            c += rows;
        }
    }

    /// <summary>The first input whose index, counted with padding, has a given remainder modulo the stride.</summary>
    private static int First(int remainder, int padding, int stride) => (((remainder - padding) % stride) + stride) % stride;
}
