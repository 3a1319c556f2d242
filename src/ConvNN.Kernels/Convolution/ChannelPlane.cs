namespace ConvNN.Kernels.Convolution;

/// <summary>
/// A padded input sample as [H, W, C], with channels zero-padded to whole vectors: the inputs under a kernel row are contiguous.
/// </summary>
/// <param name="Depth">Floats per position: the channels, rounded up to whole vectors.</param>
/// <param name="RowStride">Floats from one row to the next.</param>
/// <param name="Length">Floats of the plane.</param>
internal readonly record struct ChannelPlane(int Depth, int RowStride, int Length)
{
    /// <summary>The plane for a geometry.</summary>
    public static ChannelPlane Of(in Conv2dGeometry geometry, int lanes)
    {
        int depth = (geometry.Channels + lanes - 1) & -lanes;
        int rowStride = checked(geometry.PaddedWidth * depth);
        return new ChannelPlane(depth, rowStride, checked(geometry.PaddedHeight * rowStride));
    }

    /// <summary>Floats of a filter's weights as [KH, KW, C].</summary>
    public int FilterLength(in Conv2dGeometry geometry) => checked(geometry.KernelHeight * geometry.KernelWidth * Depth);

    /// <summary>Copies a sample [C, H, W] into the plane.</summary>
    public void Fill(ReadOnlySpan<float> sample, Span<float> plane, in Conv2dGeometry geometry)
    {
        plane[..Length].Clear();
        for (int c = 0; c < geometry.Channels; c++)
        {
            for (int h = 0; h < geometry.Height; h++)
            {
                ReadOnlySpan<float> source = sample.Slice(((c * geometry.Height) + h) * geometry.Width, geometry.Width);
                int at = At(c, h, geometry);
                for (int i = 0; i < source.Length; i++, at += Depth)
                {
                    plane[at] = source[i];
                }
            }
        }
    }

    /// <summary>Copies the plane into a sample [C, H, W] and adds <c>0f</c> to each value, as at the end of a chain.</summary>
    public void Finish(ReadOnlySpan<float> plane, Span<float> sample, in Conv2dGeometry geometry)
    {
        for (int c = 0; c < geometry.Channels; c++)
        {
            for (int h = 0; h < geometry.Height; h++)
            {
                Span<float> target = sample.Slice(((c * geometry.Height) + h) * geometry.Width, geometry.Width);
                int at = At(c, h, geometry);
                for (int i = 0; i < target.Length; i++, at += Depth)
                {
                    target[i] = plane[at] + 0f;
                }
            }
        }
    }

    /// <summary>Copies the weights of all filters as [F, KH, KW, C].</summary>
    public void Weights(ReadOnlySpan<float> w, Span<float> target, in Conv2dGeometry geometry)
    {
        int window = geometry.KernelHeight * geometry.KernelWidth;
        int length = FilterLength(geometry);
        target[..(geometry.Filters * length)].Clear();
        for (int f = 0; f < geometry.Filters; f++)
        {
            for (int c = 0; c < geometry.Channels; c++)
            {
                for (int k = 0; k < window; k++)
                {
                    target[(f * length) + (k * Depth) + c] = w[(f * geometry.TapStride) + (c * window) + k];
                }
            }
        }
    }

    private int At(int channel, int row, in Conv2dGeometry geometry) =>
        ((row + geometry.PaddingHeight) * RowStride) + (geometry.PaddingWidth * Depth) + channel;
}
