namespace ConvNN.Kernels;

/// <summary>2-D max-pool (PyTorch <c>nn.MaxPool2d</c>, ONNX <c>MaxPool</c>). Comparisons only, so the order of work changes no bits.</summary>
public static class MaxPool2dKernels
{
    /// <summary>
    /// <c>y[n, c, oh, ow] = max x[n, c, oh·s + kh, ow·s + kw]</c>. The first of equal values in window order is the
    /// winner; NaN wins over every number.
    /// </summary>
    /// <param name="x">[Samples, InputStride].</param>
    /// <param name="y">[Samples, OutputStride]; assigned, its padding untouched.</param>
    /// <param name="winners">[Samples, OutputCount]: kh · WindowWidth + kw of each maximum; assigned.</param>
    /// <param name="geometry">The sizes.</param>
    /// <exception cref="ArgumentException">A span is shorter than the geometry needs.</exception>
    public static void Forward(ReadOnlySpan<float> x, Span<float> y, Span<ushort> winners, in MaxPool2dGeometry geometry)
    {
        KernelGuard.Holds(x, (long)geometry.Samples * geometry.InputStride);
        KernelGuard.Holds<float>(y, (long)geometry.Samples * geometry.OutputStride);
        KernelGuard.Holds<ushort>(winners, (long)geometry.Samples * geometry.OutputCount);
        (int outputHeight, int outputWidth) = (geometry.OutputHeight, geometry.OutputWidth);
        for (int n = 0; n < geometry.Samples; n++)
        {
            int output = 0;
            Span<float> target = y.Slice(n * geometry.OutputStride, geometry.OutputCount);
            Span<ushort> winner = winners.Slice(n * geometry.OutputCount, geometry.OutputCount);
            for (int c = 0; c < geometry.Channels; c++)
            {
                ReadOnlySpan<float> plane = x.Slice((n * geometry.InputStride) + (c * geometry.Height * geometry.Width), geometry.Height * geometry.Width);
                for (int oh = 0; oh < outputHeight; oh++)
                {
                    for (int ow = 0; ow < outputWidth; ow++, output++)
                    {
                        int corner = (oh * geometry.StrideHeight * geometry.Width) + (ow * geometry.StrideWidth);
                        (target[output], winner[output]) = Maximum(plane[corner..], geometry);
                    }
                }
            }
        }
    }

    /// <summary>
    /// Gradient of <see cref="Forward"/>: each <c>dy</c> is added to the <c>dx</c> of its window's winner, windows in the
    /// order (oh, ow), every <c>dx</c> starting from +0.
    /// </summary>
    /// <param name="dy">[Samples, OutputStride].</param>
    /// <param name="winners">[Samples, OutputCount], as <see cref="Forward"/> left it.</param>
    /// <param name="dx">[Samples, InputStride]; assigned, padding included.</param>
    /// <param name="geometry">The sizes.</param>
    /// <exception cref="ArgumentException">A span is shorter than the geometry needs.</exception>
    public static void InputGradient(ReadOnlySpan<float> dy, ReadOnlySpan<ushort> winners, Span<float> dx, in MaxPool2dGeometry geometry)
    {
        KernelGuard.Holds(dy, (long)geometry.Samples * geometry.OutputStride);
        KernelGuard.Holds(winners, (long)geometry.Samples * geometry.OutputCount);
        KernelGuard.Holds<float>(dx, (long)geometry.Samples * geometry.InputStride);
        (int outputHeight, int outputWidth) = (geometry.OutputHeight, geometry.OutputWidth);
        dx[..(geometry.Samples * geometry.InputStride)].Clear();
        for (int n = 0; n < geometry.Samples; n++)
        {
            int output = 0;
            ReadOnlySpan<float> deltas = dy.Slice(n * geometry.OutputStride, geometry.OutputCount);
            ReadOnlySpan<ushort> winner = winners.Slice(n * geometry.OutputCount, geometry.OutputCount);
            for (int c = 0; c < geometry.Channels; c++)
            {
                Span<float> plane = dx.Slice((n * geometry.InputStride) + (c * geometry.Height * geometry.Width), geometry.Height * geometry.Width);
                for (int oh = 0; oh < outputHeight; oh++)
                {
                    for (int ow = 0; ow < outputWidth; ow++, output++)
                    {
                        (int kh, int kw) = Math.DivRem(winner[output], geometry.WindowWidth);
                        plane[(((oh * geometry.StrideHeight) + kh) * geometry.Width) + (ow * geometry.StrideWidth) + kw] += deltas[output];
                    }
                }
            }
        }
    }

    private static (float Value, ushort Winner) Maximum(ReadOnlySpan<float> window, in MaxPool2dGeometry geometry)
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
