using ConvNN.Kernels.Convolution;
using ConvNN.Kernels.ConvPool;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Tests.ConvPool;

/// <summary>A fused convolution with random operands, and its three kernels on a tier.</summary>
internal sealed class ConvPoolProblem
{
    public ConvPoolProblem(Conv2dGeometry geometry, int seed, Content content, bool bias = true)
    {
        Geometry = new ConvPoolGeometry(geometry);
        X = Tensors.Rows(geometry.Samples, geometry.Channels * geometry.Height * geometry.Width, seed, content);
        W = Tensors.Rows(geometry.Filters, geometry.Taps, seed + 1, content);
        B = bias ? Tensors.Values(geometry.Filters, seed + 2, content) : [];
        Dy = Tensors.Rows(geometry.Samples, Geometry.OutputCount, seed + 3, content);
    }

    private ConvPoolProblem(ConvPoolProblem layer, int first, int count)
    {
        Geometry = new ConvPoolGeometry(layer.Geometry.Convolution with { Filters = count }) { LayerFilters = layer.Geometry.Filters };
        int taps = Geometry.Convolution.TapStride;
        X = layer.X;
        W = layer.W.AsSpan(first * taps, count * taps).ToArray();
        B = layer.B.Length == 0 ? [] : layer.B[first..(first + count)];
        Dy = layer.Dy.AsSpan(first * Geometry.Windows, (int)Geometry.OutputLength).ToArray();
    }

    public ConvPoolGeometry Geometry { get; }

    public float[] X { get; }

    public float[] W { get; }

    public float[] B { get; }

    public float[] Dy { get; }

    /// <summary>A call for <paramref name="count"/> of the filters, whose spans end with the last value of its last filter.</summary>
    public ConvPoolProblem Part(int first, int count) => new(this, first, count);

    public (float[] Y, byte[] Winners) Forward(KernelTier tier)
    {
        float[] y = Tensors.Unassigned(Dy.Length);
        byte[] winners = new byte[(int)Geometry.WinnersLength];
        Array.Fill(winners, byte.MaxValue);
        ConvPoolKernels kernels = KernelSet.For(tier).ConvPool;
        kernels.Forward(X, W, B, y, winners, Scratch(kernels), Geometry);
        return (y, winners);
    }

    public float[] InputGradient(KernelTier tier, byte[] winners)
    {
        float[] dx = Tensors.Unassigned(X.Length);
        ConvPoolKernels kernels = KernelSet.For(tier).ConvPool;
        kernels.InputGradient(Dy, winners, W, dx, Scratch(kernels), Geometry);
        return dx;
    }

    /// <summary>dw, then db.</summary>
    public float[] ParameterGradient(KernelTier tier, byte[] winners, int[] edges)
    {
        float[] gradient = Tensors.Unassigned(W.Length + B.Length);
        ConvPoolKernels kernels = KernelSet.For(tier).ConvPool;
        kernels.ParameterGradient(X, Dy, winners, gradient.AsSpan(0, W.Length), gradient.AsSpan(W.Length), edges, Scratch(kernels), Geometry);
        return gradient;
    }

    private float[] Scratch(ConvPoolKernels kernels) => Tensors.Unassigned(kernels.ScratchLength(Geometry));
}
