namespace ConvNN.Kernels.Vectors;

/// <summary>
/// The output gradient of a convolution with stride 1 amid zeros, [F, Height, Width], so that every input position
/// finds all windows that hold it, or zeros, at fixed offsets.
/// </summary>
internal readonly record struct DeltaPlane(int Filters, int Top, int Left, int Height, int Width)
{
    /// <summary>Floats of the plane.</summary>
    public int Length => checked(Filters * Height * Width);

    /// <summary>The plane that a geometry needs.</summary>
    public static DeltaPlane Of(in Conv2dGeometry geometry)
    {
        int top = Math.Max(0, geometry.KernelHeight - 1 - geometry.PaddingHeight);
        int left = Math.Max(0, geometry.KernelWidth - 1 - geometry.PaddingWidth);
        return new DeltaPlane(
            geometry.Filters,
            top,
            left,
            top + Math.Max(geometry.OutputHeight, geometry.Height + geometry.PaddingHeight),
            left + Math.Max(geometry.OutputWidth, geometry.Width + geometry.PaddingWidth));
    }

    /// <summary>Where the window of each tap (f, kh, kw) lies from the input position.</summary>
    public void Offsets(Span<int> offsets, in Conv2dGeometry geometry)
    {
        int t = 0;
        for (int f = 0; f < Filters; f++)
        {
            for (int kh = 0; kh < geometry.KernelHeight; kh++)
            {
                for (int kw = 0; kw < geometry.KernelWidth; kw++)
                {
                    offsets[t++] = (((f * Height) + Top + geometry.PaddingHeight - kh) * Width) + Left + geometry.PaddingWidth - kw;
                }
            }
        }
    }

    /// <summary>Copies one sample's gradient into the plane, whose zeros stay.</summary>
    public void Fill(Span<float> plane, ReadOnlySpan<float> dy, in Conv2dGeometry geometry)
    {
        for (int f = 0; f < Filters; f++)
        {
            for (int oh = 0; oh < geometry.OutputHeight; oh++)
            {
                dy.Slice(((f * geometry.OutputHeight) + oh) * geometry.OutputWidth, geometry.OutputWidth)
                    .CopyTo(plane[((((f * Height) + Top + oh) * Width) + Left)..]);
            }
        }
    }
}
