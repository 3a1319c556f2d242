using ConvNN.Kernels.Convolution;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.ConvPool;

/// <summary>
/// Convolution, ReLU and 2×2 max pooling as one operation, which never stores the values that pooling drops. Every implementation
/// gives the bits of <see cref="KernelTier.Reference"/>, which calls the three reference implementations in turn.
/// </summary>
/// <remarks>
/// At most one of the four outputs of a window carries a gradient, and none if ReLU sets it to zero. The others would add products
/// with zero, which change no bit of a sum that ends with <c>+ 0f</c>. The gradients therefore process only the winners, about an
/// eighth of the outputs, in the order of the reference; those that sum by columns multiply the zeros, too.
/// </remarks>
public abstract class ConvPoolKernels
{
    /// <summary>Floats of scratch memory needed by any call with this geometry.</summary>
    /// <param name="geometry">The sizes; the number of samples does not matter.</param>
    /// <exception cref="OverflowException">The length exceeds 2³¹ − 1.</exception>
    public abstract int ScratchLength(ConvPoolGeometry geometry);

    /// <summary>
    /// <c>y[n, f, ph, pw] = max(0, conv[n, f, 2·ph + kh, 2·pw + kw])</c> over the four (kh, kw), where conv is the result of
    /// <see cref="Conv2dKernels.Forward"/>.
    /// </summary>
    /// <param name="x">[Samples, InputStride].</param>
    /// <param name="w">[Filters, TapStride].</param>
    /// <param name="b">[Filters], or empty for none.</param>
    /// <param name="y">[Samples, OutputStride]; overwritten, padding left unchanged.</param>
    /// <param name="winners">[Samples, OutputCount], overwritten: 1 + 2·kh + kw of the output that gets the gradient, 0 for none.</param>
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
        KernelGuard.Holds<float>(y, geometry.OutputLength);
        KernelGuard.Holds<byte>(winners, geometry.WinnersLength);
        KernelGuard.Holds<float>(scratch, ScratchLength(geometry));
        ForwardCore(x, w, b, y, winners, scratch, geometry);
    }

    /// <summary>
    /// The gradient with respect to x, given the gradient <paramref name="dy"/> with respect to the outputs; summed over the filters of
    /// the call in the order of <see cref="Conv2dKernels.InputGradient"/>.
    /// </summary>
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
        KernelGuard.Holds(dy, geometry.OutputLength);
        KernelGuard.Holds(winners, geometry.WinnersLength);
        KernelGuard.Holds(w, (long)geometry.Filters * geometry.Convolution.TapStride);
        KernelGuard.Holds<float>(dx, (long)geometry.Samples * geometry.Convolution.InputStride);
        KernelGuard.Holds<float>(scratch, ScratchLength(geometry));
        InputGradientCore(dy, winners, w, dx, scratch, geometry);
    }

    /// <summary>
    /// The gradients with respect to w and b, given the gradient <paramref name="dy"/> with respect to the outputs; summed in the order
    /// of <see cref="Conv2dKernels.ParameterGradient"/>.
    /// </summary>
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
        KernelGuard.Holds(dy, geometry.OutputLength);
        KernelGuard.Holds(winners, geometry.WinnersLength);
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
