using ConvNN.Kernels.Elementwise;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Pooling;

/// <summary>
/// 2-D average pooling (PyTorch <c>nn.AvgPool2d</c>, ONNX <c>AveragePool</c>) and global average pooling (ONNX
/// <c>GlobalAveragePool</c>). The tier's <see cref="ElementwiseKernels"/> add the rows, so all tiers share this code.
/// </summary>
/// <param name="elementwise">The elementwise kernels of the tier.</param>
public sealed class AveragePool2dKernels(ElementwiseKernels elementwise)
{
    /// <summary>Floats of scratch memory for <see cref="Forward"/> and <see cref="InputGradient"/>: one row.</summary>
    /// <param name="geometry">The sizes.</param>
    public static int ScratchLength(in Pool2dGeometry geometry) => geometry.Width;

    /// <summary>
    /// <c>y[n, c, oh, ow] = Σ x[n, c, oh·s + kh, ow·s + kw] / (KH·KW)</c>. Each column of the window is summed from top to bottom,
    /// then the columns are added from left to right; the result is multiplied once by 1 / (KH·KW).
    /// </summary>
    /// <param name="x">[Samples, InputStride].</param>
    /// <param name="y">[Samples, OutputStride]; overwritten, padding left unchanged.</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> floats; their contents do not matter.</param>
    /// <param name="geometry">The sizes.</param>
    /// <exception cref="ArgumentException">The geometry is invalid, or a span is too short for it.</exception>
    public void Forward(ReadOnlySpan<float> x, Span<float> y, Span<float> scratch, in Pool2dGeometry geometry)
    {
        Check(x.Length, y.Length, scratch, geometry);
        float share = 1f / (geometry.WindowHeight * geometry.WindowWidth);
        Span<float> columns = scratch[..geometry.Width];
        for (int row = 0; row < geometry.Samples * geometry.Channels * geometry.OutputHeight; row++)
        {
            (int top, int output) = RowAt(row, geometry);
            x.Slice(top, geometry.Width).CopyTo(columns);
            for (int kh = 1; kh < geometry.WindowHeight; kh++)
            {
                elementwise.Add(columns, x.Slice(top + (kh * geometry.Width), geometry.Width));
            }

            for (int ow = 0; ow < geometry.OutputWidth; ow++)
            {
                float sum = columns[ow * geometry.StrideWidth];
                for (int kw = 1; kw < geometry.WindowWidth; kw++)
                {
                    sum += columns[(ow * geometry.StrideWidth) + kw];
                }

                y[output + ow] = sum * share;
            }
        }
    }

    /// <summary>
    /// Gradient of <see cref="Forward"/>: every value in a window receives <c>dy / (KH·KW)</c>. For a value in several windows, the
    /// windows in a row are summed from left to right; these sums are added row by row, from +0.
    /// </summary>
    /// <param name="dy">[Samples, OutputStride].</param>
    /// <param name="dx">[Samples, InputStride]; overwritten, including padding.</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> floats; their contents do not matter.</param>
    /// <param name="geometry">The sizes.</param>
    /// <exception cref="ArgumentException">The geometry is invalid, or a span is too short for it.</exception>
    public void InputGradient(ReadOnlySpan<float> dy, Span<float> dx, Span<float> scratch, in Pool2dGeometry geometry)
    {
        Check(dx.Length, dy.Length, scratch, geometry);
        float share = 1f / (geometry.WindowHeight * geometry.WindowWidth);
        Span<float> columns = scratch[..geometry.Width];
        dx[..(geometry.Samples * geometry.InputStride)].Clear();
        for (int row = 0; row < geometry.Samples * geometry.Channels * geometry.OutputHeight; row++)
        {
            (int top, int output) = RowAt(row, geometry);
            columns.Clear();
            for (int ow = 0; ow < geometry.OutputWidth; ow++)
            {
                float delta = dy[output + ow] * share;
                for (int kw = 0; kw < geometry.WindowWidth; kw++)
                {
                    columns[(ow * geometry.StrideWidth) + kw] += delta;
                }
            }

            for (int kh = 0; kh < geometry.WindowHeight; kh++)
            {
                elementwise.Add(dx.Slice(top + (kh * geometry.Width), geometry.Width), columns);
            }
        }
    }

    /// <summary>
    /// <c>y[c] = Σ_p x[c, p] / P</c> for one sample: lane l of 16 adds the positions p ≡ l (mod 16) from +0; then the upper half of
    /// the lanes is added to the lower half, four times; the result is multiplied once by 1 / P.
    /// </summary>
    /// <param name="x">[channels, positions].</param>
    /// <param name="y">[channels]; overwritten.</param>
    /// <exception cref="ArgumentException">The values of <paramref name="x"/> do not divide evenly among the channels.</exception>
    public void GlobalForward(ReadOnlySpan<float> x, Span<float> y)
    {
        int positions = Positions(x.Length, y.Length);
        Span<float> lanes = stackalloc float[Lanes.Count];
        for (int c = 0; c < y.Length; c++)
        {
            lanes.Clear();
            ReadOnlySpan<float> plane = x.Slice(c * positions, positions);
            for (; plane.Length > 0; plane = plane[Math.Min(Lanes.Count, plane.Length)..])
            {
                int taken = Math.Min(Lanes.Count, plane.Length);
                elementwise.Add(lanes[..taken], plane[..taken]);
            }

            for (int half = Lanes.Count / 2; half > 0; half /= 2)
            {
                elementwise.Add(lanes[..half], lanes.Slice(half, half));
            }

            y[c] = lanes[0] * (1f / positions);
        }
    }

    /// <summary>Gradient of <see cref="GlobalForward"/>: <c>dx[c, p] = dy[c] / P</c>.</summary>
    /// <param name="dy">[channels].</param>
    /// <param name="dx">[channels, positions]; overwritten.</param>
    /// <exception cref="ArgumentException">The values of <paramref name="dx"/> do not divide evenly among the channels.</exception>
    public static void GlobalInputGradient(ReadOnlySpan<float> dy, Span<float> dx)
    {
        int positions = Positions(dx.Length, dy.Length);
        for (int c = 0; c < dy.Length; c++)
        {
            dx.Slice(c * positions, positions).Fill(dy[c] * (1f / positions));
        }
    }

    private static int Positions(int values, int channels) => channels > 0 && values >= channels && values % channels == 0
        ? values / channels
        : throw new ArgumentException($"{values} values do not divide evenly among {channels} channels.");

    /// <summary>The start of an output row's windows in the input, and the start of the row in the output.</summary>
    private static (int Input, int Output) RowAt(int row, in Pool2dGeometry geometry)
    {
        (int plane, int oh) = Math.DivRem(row, geometry.OutputHeight);
        (int n, int c) = Math.DivRem(plane, geometry.Channels);
        int input = (n * geometry.InputStride) + (((c * geometry.Height) + (oh * geometry.StrideHeight)) * geometry.Width);
        return (input, (n * geometry.OutputStride) + (((c * geometry.OutputHeight) + oh) * geometry.OutputWidth));
    }

    private static void Check(int inputs, int outputs, ReadOnlySpan<float> scratch, in Pool2dGeometry geometry)
    {
        Pool2dGeometry.Check(geometry);
        KernelGuard.Holds(scratch, ScratchLength(geometry));
        if (inputs < (long)geometry.Samples * geometry.InputStride || outputs < (long)geometry.Samples * geometry.OutputStride)
        {
            throw new ArgumentException(
                $"{inputs} inputs and {outputs} outputs are too few for {geometry.Samples} samples of {geometry.InputStride} and {geometry.OutputStride} floats.");
        }
    }
}
