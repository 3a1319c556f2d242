using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Convolution;

/// <summary>Reference implementation of the convolution; see <see cref="Conv2dKernels"/> for the formulas.</summary>
internal sealed class Conv2dReference : Conv2dKernels
{
    private protected override void ForwardCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> b, Span<float> y, Span<float> scratch, in Conv2dGeometry geometry)
    {
        for (int n = 0; n < geometry.Samples; n++)
        {
            for (int f = 0; f < geometry.Filters; f++)
            {
                for (int oh = 0; oh < geometry.OutputHeight; oh++)
                {
                    for (int ow = 0; ow < geometry.OutputWidth; ow++)
                    {
                        y[Output(n, f, oh, ow, geometry)] = Window(x, w, b.IsEmpty ? 0f : b[f], (n, f, oh, ow), geometry) + 0f;
                    }
                }
            }
        }
    }

    private protected override void InputGradientCore(
        ReadOnlySpan<float> dy, ReadOnlySpan<float> w, Span<float> dx, Span<float> scratch, in Conv2dGeometry geometry)
    {
        for (int n = 0; n < geometry.Samples; n++)
        {
            for (int c = 0; c < geometry.Channels; c++)
            {
                for (int ih = 0; ih < geometry.Height; ih++)
                {
                    for (int iw = 0; iw < geometry.Width; iw++)
                    {
                        dx[Input(n, c, ih, iw, geometry)] = InputSum(dy, w, (n, c, ih, iw), geometry) + 0f;
                    }
                }
            }
        }
    }

    private protected override void ParameterGradientCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dw, Span<float> db, ReadOnlySpan<int> edges, Span<float> scratch, in Conv2dGeometry geometry)
    {
        Span<float> leaves = stackalloc float[edges.Length - 1];
        for (int f = 0; f < geometry.Filters; f++)
        {
            for (int c = 0; c < geometry.GroupChannels; c++)
            {
                for (int kh = 0; kh < geometry.KernelHeight; kh++)
                {
                    for (int kw = 0; kw < geometry.KernelWidth; kw++)
                    {
                        for (int h = 0; h < leaves.Length; h++)
                        {
                            leaves[h] = TapSum(x, dy, (edges[h], edges[h + 1]), (f, c, kh, kw), geometry);
                        }

                        dw[Weight(f, c, kh, kw, geometry)] = SumTree.Join(leaves);
                    }
                }
            }

            if (!db.IsEmpty)
            {
                for (int h = 0; h < leaves.Length; h++)
                {
                    leaves[h] = BiasSum(dy, (edges[h], edges[h + 1]), f, geometry);
                }

                db[f] = SumTree.Join(leaves);
            }
        }
    }

    private static float Window(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, float sum, (int N, int F, int Oh, int Ow) at, in Conv2dGeometry geometry)
    {
        for (int c = 0; c < geometry.GroupChannels; c++)
        {
            for (int kh = 0; kh < geometry.KernelHeight; kh++)
            {
                int ih = (at.Oh * geometry.StrideHeight) + (kh * geometry.DilationHeight) - geometry.PaddingHeight;
                for (int kw = 0; kw < geometry.KernelWidth; kw++)
                {
                    int iw = (at.Ow * geometry.StrideWidth) + (kw * geometry.DilationWidth) - geometry.PaddingWidth;
                    if (IsInside(ih, iw, geometry))
                    {
                        sum = MathF.FusedMultiplyAdd(x[Input(at.N, Channel(at.F, c, geometry), ih, iw, geometry)], w[Weight(at.F, c, kh, kw, geometry)], sum);
                    }
                }
            }
        }

        return sum;
    }

    private static float InputSum(
        ReadOnlySpan<float> dy, ReadOnlySpan<float> w, (int N, int C, int Ih, int Iw) at, in Conv2dGeometry geometry)
    {
        float sum = 0f;
        (int group, int channel) = Math.DivRem(at.C, geometry.GroupChannels);
        for (int f = group * geometry.GroupFilters; f < (group + 1) * geometry.GroupFilters; f++)
        {
            for (int kh = 0; kh < geometry.KernelHeight; kh++)
            {
                (int oh, int restHeight) = Math.DivRem(at.Ih + geometry.PaddingHeight - (kh * geometry.DilationHeight), geometry.StrideHeight);
                for (int kw = 0; kw < geometry.KernelWidth; kw++)
                {
                    (int ow, int restWidth) = Math.DivRem(at.Iw + geometry.PaddingWidth - (kw * geometry.DilationWidth), geometry.StrideWidth);
                    bool isWindow = restHeight == 0 && restWidth == 0
                        && (uint)oh < (uint)geometry.OutputHeight && (uint)ow < (uint)geometry.OutputWidth;
                    if (isWindow)
                    {
                        sum = MathF.FusedMultiplyAdd(dy[Output(at.N, f, oh, ow, geometry)], w[Weight(f, channel, kh, kw, geometry)], sum);
                    }
                }
            }
        }

        return sum;
    }

    private static float TapSum(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, (int Start, int End) samples, (int F, int C, int Kh, int Kw) tap, in Conv2dGeometry geometry)
    {
        Span<float> lanes = stackalloc float[Lanes.Count];
        lanes.Clear();
        for (int n = samples.Start; n < samples.End; n++)
        {
            for (int oh = 0; oh < geometry.OutputHeight; oh++)
            {
                int ih = (oh * geometry.StrideHeight) + (tap.Kh * geometry.DilationHeight) - geometry.PaddingHeight;
                for (int ow = 0; ow < geometry.OutputWidth; ow++)
                {
                    int iw = (ow * geometry.StrideWidth) + (tap.Kw * geometry.DilationWidth) - geometry.PaddingWidth;
                    if (IsInside(ih, iw, geometry))
                    {
                        ref float sum = ref lanes[Lane(ow, geometry)];
                        sum = MathF.FusedMultiplyAdd(dy[Output(n, tap.F, oh, ow, geometry)], x[Input(n, Channel(tap.F, tap.C, geometry), ih, iw, geometry)], sum);
                    }
                }
            }
        }

        return LaneSum.AddHalves(lanes);
    }

    private static float BiasSum(ReadOnlySpan<float> dy, (int Start, int End) samples, int f, in Conv2dGeometry geometry)
    {
        Span<float> lanes = stackalloc float[Lanes.Count];
        lanes.Clear();
        for (int n = samples.Start; n < samples.End; n++)
        {
            for (int oh = 0; oh < geometry.OutputHeight; oh++)
            {
                for (int ow = 0; ow < geometry.OutputWidth; ow++)
                {
                    lanes[Lane(ow, geometry)] += dy[Output(n, f, oh, ow, geometry)];
                }
            }
        }

        return LaneSum.AddHalves(lanes);
    }

    /// <summary>The lane that sums the outputs of a column; all are summed by the first, to which nothing is added, with many channels.</summary>
    private static int Lane(int ow, in Conv2dGeometry geometry) => geometry.SumsByColumns ? ow / 2 % Lanes.Count : 0;

    /// <summary>The input channel that filter <paramref name="f"/> sees as its channel <paramref name="c"/>.</summary>
    private static int Channel(int f, int c, in Conv2dGeometry geometry) => (f / geometry.GroupFilters * geometry.GroupChannels) + c;

    private static bool IsInside(int ih, int iw, in Conv2dGeometry geometry) =>
        (uint)ih < (uint)geometry.Height && (uint)iw < (uint)geometry.Width;

    private static int Input(int n, int c, int ih, int iw, in Conv2dGeometry geometry) =>
        (n * geometry.InputStride) + (((c * geometry.Height) + ih) * geometry.Width) + iw;

    private static int Output(int n, int f, int oh, int ow, in Conv2dGeometry geometry) =>
        (n * geometry.OutputStride) + (((f * geometry.OutputHeight) + oh) * geometry.OutputWidth) + ow;

    private static int Weight(int f, int c, int kh, int kw, in Conv2dGeometry geometry) =>
        (f * geometry.TapStride) + (((c * geometry.KernelHeight) + kh) * geometry.KernelWidth) + kw;
}
