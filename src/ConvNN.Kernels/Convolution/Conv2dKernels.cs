using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Convolution;

/// <summary>
/// 2-D convolution (a cross-correlation, as in PyTorch <c>nn.Conv2d</c> and ONNX <c>Conv</c>) and its gradients. Every
/// implementation gives the bits of <see cref="KernelTier.Reference"/>.
/// </summary>
public abstract class Conv2dKernels
{
    /// <summary>Floats of scratch memory needed by any call with this geometry.</summary>
    /// <param name="geometry">The sizes; the number of samples does not matter.</param>
    /// <exception cref="OverflowException">The length exceeds 2³¹ − 1.</exception>
    public virtual int ScratchLength(Conv2dGeometry geometry) => 0;

    /// <summary>
    /// <c>y[n, f, oh, ow] = b[f] + Σ x[n, g + c, oh·s + kh·d − p, ow·s + kw·d − p] · w[f, c, kh, kw]</c>, where g is the first channel
    /// of the filter's group: one chain of fused multiply-adds over (c, kh, kw) that starts from the bias and ends with <c>+ 0f</c>.
    /// </summary>
    /// <param name="x">[Samples, InputStride].</param>
    /// <param name="w">[Filters, TapStride].</param>
    /// <param name="b">[Filters], or empty for none.</param>
    /// <param name="y">[Samples, OutputStride]; overwritten, padding left unchanged.</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> floats; their contents do not matter.</param>
    /// <param name="geometry">The sizes.</param>
    /// <exception cref="ArgumentException">The geometry is invalid, or a span is too short for it.</exception>
    public void Forward(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> b, Span<float> y, Span<float> scratch, in Conv2dGeometry geometry)
    {
        Conv2dGeometry.Check(geometry);
        KernelGuard.Holds(x, (long)geometry.Samples * geometry.InputStride);
        KernelGuard.Holds(w, (long)geometry.Filters * geometry.TapStride);
        KernelGuard.Holds(b, b.IsEmpty ? 0 : geometry.Filters);
        KernelGuard.Holds<float>(y, (long)geometry.Samples * geometry.OutputStride);
        KernelGuard.Holds<float>(scratch, ScratchLength(geometry));
        ForwardCore(x, w, b, y, scratch, geometry);
    }

    /// <summary>
    /// <c>dx[n, c, ih, iw] = Σ dy[n, f, oh, ow] · w[f, c, kh, kw]</c> over the group's filters and the windows that contain the
    /// input: one chain of fused multiply-adds over (f, kh, kw) that starts from +0 and ends with <c>+ 0f</c>.
    /// </summary>
    /// <param name="dy">[Samples, OutputStride].</param>
    /// <param name="w">[Filters, TapStride].</param>
    /// <param name="dx">[Samples, InputStride]; overwritten, padding left unchanged.</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> floats; their contents do not matter.</param>
    /// <param name="geometry">The sizes.</param>
    /// <exception cref="ArgumentException">The geometry is invalid, or a span is too short for it.</exception>
    public void InputGradient(
        ReadOnlySpan<float> dy, ReadOnlySpan<float> w, Span<float> dx, Span<float> scratch, in Conv2dGeometry geometry)
    {
        Conv2dGeometry.Check(geometry);
        KernelGuard.Holds(dy, (long)geometry.Samples * geometry.OutputStride);
        KernelGuard.Holds(w, (long)geometry.Filters * geometry.TapStride);
        KernelGuard.Holds<float>(dx, (long)geometry.Samples * geometry.InputStride);
        KernelGuard.Holds<float>(scratch, ScratchLength(geometry));
        InputGradientCore(dy, w, dx, scratch, geometry);
    }

    /// <summary>
    /// <c>dw[f, c, kh, kw] = Σ dy[n, f, oh, ow] · x[n, g + c, oh·s + kh·d − p, ow·s + kw·d − p]</c> and
    /// <c>db[f] = Σ dy[n, f, oh, ow]</c> over the samples of a subtree of leaves: a leaf is a chain of fused multiply-adds (additions for
    /// db) over (n, oh, ow) that starts from +0 and ends with <c>+ 0f</c>.
    /// </summary>
    /// <remarks>
    /// With few channels (<see cref="Conv2dGeometry.SumsByColumns"/>), a leaf is 16 such chains: lane l has the outputs with
    /// ⌊ow / 2⌋ ≡ l (mod 16). Then the upper half of the lanes is added to the lower half, four times, and <c>+ 0f</c> to the result.
    /// Pairs of columns are what 2×2 pooling reduces to one.
    /// </remarks>
    /// <param name="x">[Samples, InputStride].</param>
    /// <param name="dy">[Samples, OutputStride].</param>
    /// <param name="dw">[Filters, TapStride]; overwritten, padding left unchanged.</param>
    /// <param name="db">[Filters], overwritten; or empty for none.</param>
    /// <param name="edges">Leaf h holds the samples [edges[h], edges[h + 1]) of the call.</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> floats; their contents do not matter.</param>
    /// <param name="geometry">The sizes.</param>
    /// <exception cref="ArgumentException">The geometry is invalid, a span is too short, or the edges exceed the samples.</exception>
    public void ParameterGradient(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dw, Span<float> db, ReadOnlySpan<int> edges, Span<float> scratch, in Conv2dGeometry geometry)
    {
        Conv2dGeometry.Check(geometry);
        KernelGuard.Holds(x, (long)geometry.Samples * geometry.InputStride);
        KernelGuard.Holds(dy, (long)geometry.Samples * geometry.OutputStride);
        KernelGuard.Holds<float>(dw, (long)geometry.Filters * geometry.TapStride);
        KernelGuard.Holds<float>(db, db.IsEmpty ? 0 : geometry.Filters);
        KernelGuard.Holds<float>(scratch, ScratchLength(geometry));
        KernelGuard.Edges(edges, geometry.Samples);
        ParameterGradientCore(x, dy, dw, db, edges, scratch, geometry);
    }

    private protected abstract void ForwardCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> b, Span<float> y, Span<float> scratch, in Conv2dGeometry geometry);

    private protected abstract void InputGradientCore(
        ReadOnlySpan<float> dy, ReadOnlySpan<float> w, Span<float> dx, Span<float> scratch, in Conv2dGeometry geometry);

    private protected abstract void ParameterGradientCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dw, Span<float> db, ReadOnlySpan<int> edges, Span<float> scratch, in Conv2dGeometry geometry);
}
