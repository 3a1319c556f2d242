using ConvNN.Kernels.Convolution;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.ConvPool;

/// <content>
/// The gradients, in vectors no wider than needed. Lanes are pooled columns in the parameter gradients of a convolution with few
/// channels, and channels in all others.
/// </content>
internal sealed partial class ConvPoolVector<TVector>
{
    private static readonly ConvPoolKernels Width4 = new ConvPoolVector<Float128>();
    private static readonly ConvPoolKernels Width8 = new ConvPoolVector<Float256>();

    private static int GradientScratch(in ConvPoolGeometry geometry)
    {
        int byChannels = ChannelTerms<TVector>.ScratchLength(geometry);
        if (!geometry.Convolution.SumsByColumns)
        {
            return byChannels;
        }

        int byColumns = ColumnTerms<TVector, WinnerDeltas<TVector>>.ScratchLength(2 * geometry.PooledHeight, geometry.PooledWidth, geometry.Convolution);
        return Math.Max(byChannels, checked(WinnerDeltas<TVector>.ScratchLength(geometry) + byColumns));
    }

    private static ConvPoolKernels? Narrower(int lanes) =>
        lanes <= 4 && TVector.Count > 4 ? Width4 : lanes <= 8 && TVector.Count > 8 ? Width8 : null;

    private protected override void ParameterGradientCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, ReadOnlySpan<byte> winners, Span<float> dw, Span<float> db, ReadOnlySpan<int> edges, Span<float> scratch, in ConvPoolGeometry geometry)
    {
        Conv2dGeometry convolution = geometry.Convolution;
        if (Narrower(convolution.SumsByColumns ? geometry.PooledWidth : convolution.Channels) is { } narrower)
        {
            narrower.ParameterGradient(x, dy, winners, dw, db, edges, scratch, geometry);
        }
        else if (convolution.SumsByColumns)
        {
            WinnerDeltas<TVector> deltas = new(dy, winners, ref scratch, geometry);
            ColumnTerms<TVector, WinnerDeltas<TVector>>.Compute(x, deltas, dw, db, edges, scratch, convolution);
        }
        else
        {
            ChannelTerms<TVector>.Compute(x, dy, winners, dw, db, edges, scratch, geometry);
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
