using ConvNN.Kernels.Convolution;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.ConvPool;

/// <summary>
/// Convolution, rectifier and 2×2 max-pool as one operation, which never stores what the pool drops. Every
/// implementation gives the bits of <see cref="KernelTier.Reference"/>, which calls the three definitions in turn.
/// </summary>
/// <remarks>
/// Of the four outputs of a window one carries a gradient at most, and none if the rectifier has cut it off. What the
/// others would add is a product with zero, which changes no bit of a sum that ends in <c>+ 0f</c>: so the gradients
/// walk the winners alone, an eighth of the outputs, in the order of the definition.
/// </remarks>
public abstract class ConvPoolKernels
{
    /// <summary>Floats of scratch memory needed by any call with this geometry.</summary>
    /// <param name="geometry">The sizes; the number of samples does not matter.</param>
    /// <exception cref="OverflowException">The length exceeds 2³¹ − 1.</exception>
    public abstract int ScratchLength(ConvPoolGeometry geometry);

    /// <summary>
    /// <c>y[n, f, ph, pw] = max(0, conv[n, f, 2·ph + kh, 2·pw + kw])</c> over the four (kh, kw), the convolution as
    /// <see cref="Conv2dKernels.Forward"/> has it.
    /// </summary>
    /// <param name="x">[Samples, InputStride].</param>
    /// <param name="w">[Filters, TapStride].</param>
    /// <param name="b">[Filters], or empty for none.</param>
    /// <param name="y">[Samples, OutputStride]; overwritten, padding left unchanged.</param>
    /// <param name="winners">[Samples, OutputCount], assigned: 1 + 2·kh + kw of the output that a gradient goes to, 0 for none.</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> floats; their contents do not matter.</param>
    /// <param name="geometry">The sizes.</param>
    /// <exception cref="ArgumentException">The geometry is invalid, or a span is too short for it.</exception>
    public void Forward(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> b, Span<float> y, Span<byte> winners, Span<float> scratch, in ConvPoolGeometry geometry)
    {
        ConvPoolGeometry.Check(geometry);
        KernelGuard.Holds(x, (long)geometry.Samples * geometry.Convolution.InputStride);
        KernelGuard.Holds(w, (long)geometry.Filters * geometry.Convolution.TapStride);
        KernelGuard.Holds(b, b.IsEmpty ? 0 : geometry.Filters);
        KernelGuard.Holds<float>(y, (long)geometry.Samples * geometry.OutputStride);
        KernelGuard.Holds<byte>(winners, (long)geometry.Samples * geometry.OutputCount);
        KernelGuard.Holds<float>(scratch, ScratchLength(geometry));
        ForwardCore(x, w, b, y, winners, scratch, geometry);
    }

    /// <summary>The gradient by x of the outputs' gradient <paramref name="dy"/>, summed as <see cref="Conv2dKernels.InputGradient"/> does.</summary>
    /// <param name="dy">[Samples, OutputStride].</param>
    /// <param name="winners">[Samples, OutputCount], as <see cref="Forward"/> left it.</param>
    /// <param name="w">[Filters, TapStride].</param>
    /// <param name="dx">[Samples, InputStride]; overwritten, padding left unchanged.</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> floats; their contents do not matter.</param>
    /// <param name="geometry">The sizes.</param>
    /// <exception cref="ArgumentException">The geometry is invalid, or a span is too short for it.</exception>
    public void InputGradient(
        ReadOnlySpan<float> dy, ReadOnlySpan<byte> winners, ReadOnlySpan<float> w, Span<float> dx, Span<float> scratch, in ConvPoolGeometry geometry)
    {
        ConvPoolGeometry.Check(geometry);
        KernelGuard.Holds(dy, (long)geometry.Samples * geometry.OutputStride);
        KernelGuard.Holds(winners, (long)geometry.Samples * geometry.OutputCount);
        KernelGuard.Holds(w, (long)geometry.Filters * geometry.Convolution.TapStride);
        KernelGuard.Holds<float>(dx, (long)geometry.Samples * geometry.Convolution.InputStride);
        KernelGuard.Holds<float>(scratch, ScratchLength(geometry));
        InputGradientCore(dy, winners, w, dx, scratch, geometry);
    }

    /// <summary>The gradients by w and b of the outputs' gradient <paramref name="dy"/>, summed as <see cref="Conv2dKernels.ParameterGradient"/> does.</summary>
    /// <param name="x">[Samples, InputStride].</param>
    /// <param name="dy">[Samples, OutputStride].</param>
    /// <param name="winners">[Samples, OutputCount], as <see cref="Forward"/> left it.</param>
    /// <param name="dw">[Filters, TapStride]; overwritten, padding left unchanged.</param>
    /// <param name="db">[Filters], overwritten; or empty for none.</param>
    /// <param name="edges">Leaf h holds the samples [edges[h], edges[h + 1]) of the call.</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> floats; their contents do not matter.</param>
    /// <param name="geometry">The sizes.</param>
    /// <exception cref="ArgumentException">The geometry is invalid, a span is too short, or the edges exceed the samples.</exception>
    public void ParameterGradient(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, ReadOnlySpan<byte> winners, Span<float> dw, Span<float> db, ReadOnlySpan<int> edges, Span<float> scratch, in ConvPoolGeometry geometry)
    {
        ConvPoolGeometry.Check(geometry);
        KernelGuard.Holds(x, (long)geometry.Samples * geometry.Convolution.InputStride);
        KernelGuard.Holds(dy, (long)geometry.Samples * geometry.OutputStride);
        KernelGuard.Holds(winners, (long)geometry.Samples * geometry.OutputCount);
        KernelGuard.Holds<float>(dw, (long)geometry.Filters * geometry.Convolution.TapStride);
        KernelGuard.Holds<float>(db, db.IsEmpty ? 0 : geometry.Filters);
        KernelGuard.Holds<float>(scratch, ScratchLength(geometry));
        KernelGuard.Edges(edges, geometry.Samples);
        ParameterGradientCore(x, dy, winners, dw, db, edges, scratch, geometry);
    }

    private protected abstract void ForwardCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> b, Span<float> y, Span<byte> winners, Span<float> scratch, in ConvPoolGeometry geometry);

    private protected abstract void InputGradientCore(
        ReadOnlySpan<float> dy, ReadOnlySpan<byte> winners, ReadOnlySpan<float> w, Span<float> dx, Span<float> scratch, in ConvPoolGeometry geometry);

    private protected abstract void ParameterGradientCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, ReadOnlySpan<byte> winners, Span<float> dw, Span<float> db, ReadOnlySpan<int> edges, Span<float> scratch, in ConvPoolGeometry geometry);
}
