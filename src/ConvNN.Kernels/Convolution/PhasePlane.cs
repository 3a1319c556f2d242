using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Convolution;

/// <summary>
/// A padded input sample, [C, PaddedHeight, StrideWidth, Width]. The columns of each row are grouped by their remainder modulo the
/// stride, so adjacent windows read adjacent inputs for each tap.
/// </summary>
/// <param name="Rows">C · PaddedHeight.</param>
/// <param name="Phases">Number of remainders: the horizontal stride.</param>
/// <param name="Width">Columns per remainder.</param>
internal readonly record struct PhasePlane(int Rows, int Phases, int Width)
{
    /// <summary>Floats from one row of the input to the next.</summary>
    public int RowStride => Phases * Width;

    /// <summary>Floats of the plane, plus the floats that a vector reads past its end if a row is shorter.</summary>
    public int Length => checked((Rows * Phases * Width) + Lanes.Count);

    /// <summary>The plane for a geometry.</summary>
    public static PhasePlane Of(in Conv2dGeometry geometry) => new(
        checked(geometry.Channels * geometry.PaddedHeight),
        geometry.StrideWidth,
        (geometry.PaddedWidth + geometry.StrideWidth - 1) / geometry.StrideWidth);

    /// <summary>The offset of each tap (c, kh, kw) from the corner of its window, for the first group.</summary>
    public void TapOffsets(Span<int> offsets, in Conv2dGeometry geometry)
    {
        int t = 0;
        for (int c = 0; c < geometry.GroupChannels; c++)
        {
            for (int kh = 0; kh < geometry.KernelHeight; kh++)
            {
                int row = ((c * geometry.PaddedHeight) + (kh * geometry.DilationHeight)) * RowStride;
                for (int kw = 0; kw < geometry.KernelWidth; kw++)
                {
                    offsets[t++] = row + Column(kw * geometry.DilationWidth);
                }
            }
        }
    }

    /// <summary>The padded sample in the plane, or the sample itself if that is the same and no row is shorter than a vector.</summary>
    public ReadOnlySpan<float> Fill(ReadOnlySpan<float> sample, Span<float> plane, int lanes, in Conv2dGeometry geometry)
    {
        if (Phases == 1 && geometry.PaddingHeight == 0 && geometry.PaddingWidth == 0 && geometry.OutputWidth >= lanes)
        {
            return sample;
        }

        plane = plane[..Length];
        plane.Clear();
        for (int c = 0; c < geometry.Channels; c++)
        {
            for (int h = 0; h < geometry.Height; h++)
            {
                ReadOnlySpan<float> source = sample.Slice(((c * geometry.Height) + h) * geometry.Width, geometry.Width);
                Span<float> target = plane.Slice(((c * geometry.PaddedHeight) + h + geometry.PaddingHeight) * RowStride, RowStride);
                if (Phases == 1)
                {
                    source.CopyTo(target[geometry.PaddingWidth..]);
                    continue;
                }

                for (int i = 0; i < source.Length; i++)
                {
                    target[Column(i + geometry.PaddingWidth)] = source[i];
                }
            }
        }

        return plane;
    }

    private int Column(int column) => (column % Phases * Width) + (column / Phases);
}
