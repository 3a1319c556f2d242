using ConvNN.Kernels.Convolution;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.ConvPool;

/// <summary>
/// The sizes of a convolution with stride 1, no dilation and one group, followed by ReLU and max pooling with non-overlapping 2×2
/// windows.
/// </summary>
/// <param name="Convolution">The sizes of the convolution.</param>
public readonly record struct ConvPoolGeometry(Conv2dGeometry Convolution)
{
    /// <summary>The maximum kernel width.</summary>
    public const int MaxKernelWidth = 8;

    /// <summary>N, the samples of the call.</summary>
    public int Samples => Convolution.Samples;

    /// <summary>Number of filters: the channels of the output.</summary>
    public int Filters => Convolution.Filters;

    /// <summary>H of the output; an odd last row of the convolution is dropped.</summary>
    public int PooledHeight => Convolution.OutputHeight / 2;

    /// <summary>W of the output; an odd last column of the convolution is dropped.</summary>
    public int PooledWidth => Convolution.OutputWidth / 2;

    /// <summary>Values of an output sample.</summary>
    public int OutputCount => Filters * PooledHeight * PooledWidth;

    /// <summary>Floats from one output sample to the next.</summary>
    public int OutputStride => Lanes.RoundUp(OutputCount);

    /// <summary>Whether the fused kernels support a convolution with these sizes.</summary>
    public static bool Supports(in Conv2dGeometry convolution) =>
        convolution is { StrideHeight: 1, StrideWidth: 1, DilationHeight: 1, DilationWidth: 1, Groups: 1, OutputHeight: >= 2, OutputWidth: >= 2, KernelWidth: <= MaxKernelWidth };

    /// <summary>Throws unless the fused kernels support a convolution with these sizes.</summary>
    /// <exception cref="ArgumentException">A size is out of range.</exception>
    internal static void Check(in ConvPoolGeometry geometry)
    {
        Conv2dGeometry.Check(geometry.Convolution);
        if (!ConvPoolGeometry.Supports(geometry.Convolution))
        {
            throw new ArgumentException(
                "Unsupported fused convolution: it needs stride 1, dilation 1, one group, an output of at least 2×2 "
                + $"and a kernel of at most {ConvPoolGeometry.MaxKernelWidth} columns.",
                nameof(geometry));
        }
    }
}
