using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Pooling;

/// <summary>
/// 2-D max pooling (PyTorch <c>nn.MaxPool2d</c>, ONNX <c>MaxPool</c>). Every implementation gives the bits of
/// <see cref="KernelTier.Reference"/>.
/// </summary>
public abstract class MaxPool2dKernels
{
    /// <summary>
    /// <c>y[n, c, oh, ow] = max x[n, c, oh·s + kh, ow·s + kw]</c>. The first of equal values in window order is the
    /// winner; NaN wins over every number.
    /// </summary>
    /// <param name="x">[Samples, InputStride].</param>
    /// <param name="y">[Samples, OutputStride]; overwritten, padding left unchanged.</param>
    /// <param name="winners">[Samples, OutputCount]: kh · WindowWidth + kw of each maximum; overwritten.</param>
    /// <param name="geometry">The sizes.</param>
    /// <exception cref="ArgumentException">The geometry is invalid, or a span is too short for it.</exception>
    public void Forward(ReadOnlySpan<float> x, Span<float> y, Span<ushort> winners, in Pool2dGeometry geometry)
    {
        Pool2dGeometry.Check(geometry);
        KernelGuard.Holds(x, (long)geometry.Samples * geometry.InputStride);
        KernelGuard.Holds<float>(y, (long)geometry.Samples * geometry.OutputStride);
        KernelGuard.Holds<ushort>(winners, (long)geometry.Samples * geometry.OutputCount);
        for (int n = 0; n < geometry.Samples; n++)
        {
            for (int c = 0; c < geometry.Channels; c++)
            {
                int plane = geometry.Height * geometry.Width;
                int output = geometry.OutputHeight * geometry.OutputWidth;
                ForwardCore(
                    x.Slice((n * geometry.InputStride) + (c * plane), plane),
                    y.Slice((n * geometry.OutputStride) + (c * output), output),
                    winners.Slice((n * geometry.OutputCount) + (c * output), output),
                    geometry);
            }
        }
    }

    /// <summary>
    /// Gradient of <see cref="Forward"/>: each <c>dy</c> is added to the <c>dx</c> of its window's winner. Windows are processed in
    /// the order (oh, ow), and every <c>dx</c> starts from +0.
    /// </summary>
    /// <param name="dy">[Samples, OutputStride].</param>
    /// <param name="winners">[Samples, OutputCount], as <see cref="Forward"/> left it.</param>
    /// <param name="dx">[Samples, InputStride]; overwritten, including padding.</param>
    /// <param name="geometry">The sizes.</param>
    /// <exception cref="ArgumentException">The geometry is invalid, or a span is too short for it.</exception>
    public static void InputGradient(ReadOnlySpan<float> dy, ReadOnlySpan<ushort> winners, Span<float> dx, in Pool2dGeometry geometry)
    {
        Pool2dGeometry.Check(geometry);
        KernelGuard.Holds(dy, (long)geometry.Samples * geometry.OutputStride);
        KernelGuard.Holds(winners, (long)geometry.Samples * geometry.OutputCount);
        KernelGuard.Holds<float>(dx, (long)geometry.Samples * geometry.InputStride);
        (int outputHeight, int outputWidth) = (geometry.OutputHeight, geometry.OutputWidth);

        // The offset of each place in a window from its corner: a division per output would take most of the time.
        Span<int> places = stackalloc int[geometry.WindowHeight * geometry.WindowWidth];
        for (int place = 0; place < places.Length; place++)
        {
            places[place] = (place / geometry.WindowWidth * geometry.Width) + (place % geometry.WindowWidth);
        }

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
                        int corner = (oh * geometry.StrideHeight * geometry.Width) + (ow * geometry.StrideWidth);
                        plane[corner + places[winner[output]]] += deltas[output];
                    }
                }
            }
        }
    }

    /// <summary>One channel of one sample.</summary>
    private protected abstract void ForwardCore(ReadOnlySpan<float> plane, Span<float> y, Span<ushort> winners, in Pool2dGeometry geometry);
}
