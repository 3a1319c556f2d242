namespace ConvNN.Kernels.Convolution;

/// <summary>A zero-padded input sample, [C, PaddedHeight, PaddedWidth].</summary>
internal static class PaddedPlane
{
    /// <summary>Floats of the plane.</summary>
    public static int LengthOf(in Conv2dGeometry geometry) => checked(geometry.Channels * geometry.PaddedHeight * geometry.PaddedWidth);

    /// <summary>The padded sample, or the sample itself if there is no padding.</summary>
    public static ReadOnlySpan<float> Of(ReadOnlySpan<float> sample, Span<float> scratch, in Conv2dGeometry geometry)
    {
        if (geometry.PaddingHeight == 0 && geometry.PaddingWidth == 0)
        {
            return sample;
        }

        Fill(sample, scratch, geometry);
        return scratch[..LengthOf(geometry)];
    }

    /// <summary>Copies the sample into the plane and clears the padding.</summary>
    public static void Fill(ReadOnlySpan<float> sample, Span<float> plane, in Conv2dGeometry geometry)
    {
        plane[..LengthOf(geometry)].Clear();
        for (int c = 0; c < geometry.Channels; c++)
        {
            for (int h = 0; h < geometry.Height; h++)
            {
                int row = (((c * geometry.PaddedHeight) + h + geometry.PaddingHeight) * geometry.PaddedWidth) + geometry.PaddingWidth;
                sample.Slice(((c * geometry.Height) + h) * geometry.Width, geometry.Width).CopyTo(plane[row..]);
            }
        }
    }

    /// <summary>The offset of each tap (c, kh, kw) from the corner of its window, for the first group.</summary>
    public static void TapOffsets(Span<int> offsets, in Conv2dGeometry geometry)
    {
        int t = 0;
        for (int c = 0; c < geometry.GroupChannels; c++)
        {
            for (int kh = 0; kh < geometry.KernelHeight; kh++)
            {
                for (int kw = 0; kw < geometry.KernelWidth; kw++)
                {
                    offsets[t++] = (((c * geometry.PaddedHeight) + (kh * geometry.DilationHeight)) * geometry.PaddedWidth) + (kw * geometry.DilationWidth);
                }
            }
        }
    }
}
