namespace ConvNN.Kernels.Pooling;

/// <summary>Reference implementation of max pooling; see <see cref="MaxPool2dKernels"/> for the formulas.</summary>
internal sealed class MaxPool2dReference : MaxPool2dKernels
{
    /// <summary>One channel of one sample.</summary>
    public static void Plane(ReadOnlySpan<float> plane, Span<float> y, Span<ushort> winners, in Pool2dGeometry geometry)
    {
        for (int oh = 0; oh < geometry.OutputHeight; oh++)
        {
            for (int ow = 0; ow < geometry.OutputWidth; ow++)
            {
                int corner = (oh * geometry.StrideHeight * geometry.Width) + (ow * geometry.StrideWidth);
                int output = (oh * geometry.OutputWidth) + ow;
                (y[output], winners[output]) = Maximum(plane[corner..], geometry);
            }
        }
    }

    private protected override void ForwardCore(ReadOnlySpan<float> plane, Span<float> y, Span<ushort> winners, in Pool2dGeometry geometry) =>
        Plane(plane, y, winners, geometry);

    /// <summary>The maximum of one window and its place: the first of equal values; NaN wins over every number.</summary>
    /// <param name="window">The plane, starting at the window's corner.</param>
    /// <param name="geometry">The sizes.</param>
    private static (float Value, ushort Winner) Maximum(ReadOnlySpan<float> window, in Pool2dGeometry geometry)
    {
        float best = window[0];
        int winner = 0;
        for (int kh = 0; kh < geometry.WindowHeight; kh++)
        {
            for (int kw = 0; kw < geometry.WindowWidth; kw++)
            {
                float value = window[(kh * geometry.Width) + kw];
                if (value > best || float.IsNaN(value))
                {
                    best = value;
                    winner = (kh * geometry.WindowWidth) + kw;
                }
            }
        }

        return (best, (ushort)winner);
    }
}
