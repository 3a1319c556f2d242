using ConvNN.Kernels.Convolution;
using ConvNN.Kernels.Elementwise;
using ConvNN.Kernels.Pooling;

namespace ConvNN.Kernels.ConvPool;

/// <summary>Reference implementation: convolution, ReLU and max pooling in turn, one sample at a time.</summary>
internal sealed class ConvPoolReference : ConvPoolKernels
{
    private readonly Conv2dReference _convolution = new();
    private readonly MaxPool2dReference _pool = new();
    private readonly ElementwiseReference _elementwise = new();

    /// <summary>One sample's convolution outputs; the parameter gradient needs space for all samples, and allocates it.</summary>
    public override int ScratchLength(ConvPoolGeometry geometry) => geometry.Convolution.OutputStride;

    private protected override void ForwardCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> b, Span<float> y, Span<byte> winners, Span<float> scratch, in ConvPoolGeometry geometry)
    {
        Conv2dGeometry one = geometry.Convolution with { Samples = 1 };
        Pool2dGeometry pool = PoolOf(one);
        Span<float> outputs = scratch[..one.OutputStride];
        ushort[] places = new ushort[pool.OutputCount];
        float[] maxima = new float[pool.OutputStride];
        outputs.Clear();
        for (int n = 0; n < geometry.Samples; n++)
        {
            _convolution.Forward(x[(n * one.InputStride)..], w, b, outputs, default, one);
            _elementwise.Relu(outputs, outputs);
            _pool.Forward(outputs, maxima, places, pool);
            maxima.AsSpan(0, pool.OutputCount).CopyTo(y[(n * geometry.OutputStride)..]);
            for (int i = 0; i < places.Length; i++)
            {
                winners[(n * geometry.OutputCount) + i] = (byte)(maxima[i] <= 0 ? 0 : 1 + places[i]);
            }
        }
    }

    private protected override void InputGradientCore(
        ReadOnlySpan<float> dy, ReadOnlySpan<byte> winners, ReadOnlySpan<float> w, Span<float> dx, Span<float> scratch, in ConvPoolGeometry geometry)
    {
        Conv2dGeometry one = geometry.Convolution with { Samples = 1 };
        for (int n = 0; n < geometry.Samples; n++)
        {
            Span<float> deltas = scratch[..one.OutputStride];
            Spread(dy[(n * geometry.OutputStride)..], winners[(n * geometry.OutputCount)..], deltas, one);
            _convolution.InputGradient(deltas, w, dx[(n * one.InputStride)..], default, one);
        }
    }

    private protected override void ParameterGradientCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, ReadOnlySpan<byte> winners, Span<float> dw, Span<float> db, ReadOnlySpan<int> edges, Span<float> scratch, in ConvPoolGeometry geometry)
    {
        Conv2dGeometry convolution = geometry.Convolution;
        float[] deltas = new float[geometry.Samples * convolution.OutputStride];
        for (int n = 0; n < geometry.Samples; n++)
        {
            Span<float> sample = deltas.AsSpan(n * convolution.OutputStride, convolution.OutputStride);
            Spread(dy[(n * geometry.OutputStride)..], winners[(n * geometry.OutputCount)..], sample, convolution);
        }

        _convolution.ParameterGradient(x, deltas, dw, db, edges, default, convolution);
    }

    private static Pool2dGeometry PoolOf(in Conv2dGeometry convolution) =>
        new(1, convolution.Filters, convolution.OutputHeight, convolution.OutputWidth, 2, 2, 2, 2);

    /// <summary>One sample's gradient with respect to the convolution outputs: each delta at its winner, zero elsewhere.</summary>
    private static void Spread(ReadOnlySpan<float> dy, ReadOnlySpan<byte> winners, Span<float> deltas, in Conv2dGeometry convolution)
    {
        deltas.Clear();
        Pool2dGeometry pool = PoolOf(convolution);
        for (int i = 0; i < pool.OutputCount; i++)
        {
            if (winners[i] > 0)
            {
                (int row, int column) = Math.DivRem(i, pool.OutputWidth);
                (int filter, row) = Math.DivRem(row, pool.OutputHeight);
                int place = winners[i] - 1;
                deltas[(((filter * pool.Height) + (2 * row) + (place / 2)) * pool.Width) + (2 * column) + (place % 2)] = dy[i];
            }
        }
    }
}
