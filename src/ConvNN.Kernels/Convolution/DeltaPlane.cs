using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Convolution;

/// <summary>
/// The zero-padded output gradient of a convolution, [F, Height, Width]: all windows that contain an input position, or zeros, are
/// at fixed offsets from it.
/// </summary>
/// <remarks>
/// Input row i is row u = i + p of the padded input. Window oh = (u − kh·d) / s contains it at kernel row kh if this is an integer,
/// that is, if u and kh·d have the same remainder a modulo s; then oh = ⌊u/s⌋ − ⌊kh·d/s⌋. The taps thus fall into phases by their
/// remainders, and within a phase adjacent ⌊u/s⌋ have adjacent windows. The same holds for columns.
/// </remarks>
internal readonly record struct DeltaPlane(int Top, int Left, int Height, int Width)
{
    /// <summary>Floats of the plane, plus the floats that a vector reads past its end if a row is shorter.</summary>
    public int LengthOf(in Conv2dGeometry geometry) => checked((geometry.Filters * Height * Width) + Lanes.Count);

    /// <summary>The plane for a geometry.</summary>
    public static DeltaPlane Of(in Conv2dGeometry geometry)
    {
        (int Top, int Height) = Side(geometry.WindowHeight, geometry.PaddingHeight, geometry.StrideHeight, geometry.Height, geometry.OutputHeight);
        (int Left, int Width) = Side(geometry.WindowWidth, geometry.PaddingWidth, geometry.StrideWidth, geometry.Width, geometry.OutputWidth);
        return new DeltaPlane(Top, Left, Height, Width);
    }

    /// <summary>
    /// The offset of the window of each tap (f, kh, kw) of a phase from window ⌊u/s⌋ of an input position, for the first group.
    /// </summary>
    /// <param name="offsets">Receives the offsets.</param>
    /// <param name="row">The row remainder of the phase.</param>
    /// <param name="column">The column remainder of the phase.</param>
    /// <param name="geometry">The sizes.</param>
    /// <returns>Number of taps in the phase.</returns>
    public int Offsets(Span<int> offsets, int row, int column, in Conv2dGeometry geometry)
    {
        int t = 0;
        for (int tap = 0; tap < geometry.GroupFilters * geometry.KernelHeight * geometry.KernelWidth; tap++)
        {
            (int f, int kh, int kw) = TapAt(tap, geometry);
            if (IsOfPhase(kh, kw, row, column, geometry))
            {
                int oh = Top - (kh * geometry.DilationHeight / geometry.StrideHeight);
                offsets[t++] = (((f * Height) + oh) * Width) + Left - (kw * geometry.DilationWidth / geometry.StrideWidth);
            }
        }

        return t;
    }

    /// <summary>Copies the weights of a phase's taps, channel by channel: [C, taps].</summary>
    public static void Weights(ReadOnlySpan<float> w, Span<float> target, int row, int column, in Conv2dGeometry geometry)
    {
        int t = 0;
        for (int c = 0; c < geometry.Channels; c++)
        {
            (int group, int channel) = Math.DivRem(c, geometry.GroupChannels);
            for (int tap = 0; tap < geometry.GroupFilters * geometry.KernelHeight * geometry.KernelWidth; tap++)
            {
                (int f, int kh, int kw) = TapAt(tap, geometry);
                if (IsOfPhase(kh, kw, row, column, geometry))
                {
                    int filter = (group * geometry.GroupFilters) + f;
                    target[t++] = w[(filter * geometry.TapStride) + (((channel * geometry.KernelHeight) + kh) * geometry.KernelWidth) + kw];
                }
            }
        }
    }

    /// <summary>Copies one sample's gradient into the plane; the surrounding zeros are kept.</summary>
    public void Fill(Span<float> plane, ReadOnlySpan<float> dy, in Conv2dGeometry geometry)
    {
        for (int f = 0; f < geometry.Filters; f++)
        {
            for (int oh = 0; oh < geometry.OutputHeight; oh++)
            {
                dy.Slice(((f * geometry.OutputHeight) + oh) * geometry.OutputWidth, geometry.OutputWidth)
                    .CopyTo(plane[((((f * Height) + Top + oh) * Width) + Left)..]);
            }
        }
    }

    private static (int Before, int Length) Side(int window, int padding, int stride, int inputs, int outputs)
    {
        int before = Math.Max(0, ((window - 1) / stride) - (padding / stride));
        return (before, before + Math.Max(outputs, ((inputs - 1 + padding) / stride) + 1));
    }

    private static (int F, int Kh, int Kw) TapAt(int tap, in Conv2dGeometry geometry)
    {
        (int row, int kw) = Math.DivRem(tap, geometry.KernelWidth);
        (int f, int kh) = Math.DivRem(row, geometry.KernelHeight);
        return (f, kh, kw);
    }

    private static bool IsOfPhase(int kh, int kw, int row, int column, in Conv2dGeometry geometry) =>
        kh * geometry.DilationHeight % geometry.StrideHeight == row && kw * geometry.DilationWidth % geometry.StrideWidth == column;
}
