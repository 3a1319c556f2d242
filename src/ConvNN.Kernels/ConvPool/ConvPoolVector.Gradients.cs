using ConvNN.Kernels.Convolution;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.ConvPool;

/// <content>
/// The gradients. With few channels, lanes are the columns of a kernel row; with more, lanes are channels, in vectors no wider than
/// needed.
/// </content>
internal sealed partial class ConvPoolVector<TVector>
{
    private const int FewChannels = 3;

    private static readonly ConvPoolKernels Width4 = new ConvPoolVector<Float128>();
    private static readonly ConvPoolKernels Width8 = new ConvPoolVector<Float256>();

    private static int GradientScratch(in ConvPoolGeometry geometry)
    {
        int byChannels = ChannelTerms<TVector>.ScratchLength(geometry);
        return geometry.Convolution.Channels > FewChannels ? byChannels : Math.Max(byChannels, RowTerms<Float256>.ScratchLength(geometry));
    }

    private static ConvPoolKernels? Narrower(int channels) =>
        channels <= 4 && TVector.Count > 4 ? Width4 : channels <= 8 && TVector.Count > 8 ? Width8 : null;

    private protected override void ParameterGradientCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, ReadOnlySpan<byte> winners, Span<float> dw, Span<float> db, ReadOnlySpan<int> edges, Span<float> scratch, in ConvPoolGeometry geometry)
    {
        Conv2dGeometry convolution = geometry.Convolution;
        if (convolution.Channels > FewChannels)
        {
            if (Narrower(convolution.Channels) is { } narrower)
            {
                narrower.ParameterGradient(x, dy, winners, dw, db, edges, scratch, geometry);
                return;
            }

            ChannelTerms<TVector>.Compute(x, dy, winners, dw, db, edges, scratch, geometry);
        }
        else if (convolution.KernelWidth <= Float128.Count)
        {
            RowTerms<Float128>.Compute(x, dy, winners, dw, db, edges, scratch, geometry);
        }
        else
        {
            RowTerms<Float256>.Compute(x, dy, winners, dw, db, edges, scratch, geometry);
        }
    }

    private protected override void InputGradientCore(
        ReadOnlySpan<float> dy, ReadOnlySpan<byte> winners, ReadOnlySpan<float> w, Span<float> dx, Span<float> scratch, in ConvPoolGeometry geometry)
    {
        if (Narrower(geometry.Convolution.Channels) is { } narrower)
        {
            narrower.InputGradient(dy, winners, w, dx, scratch, geometry);
            return;
        }

        ChannelTerms<TVector>.InputGradient(dy, winners, w, dx, scratch, geometry);
    }
}
