using ConvNN.Kernels.Convolution;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.ConvPool;

/// <summary>
/// The sizes of a convolution with stride 1, no dilation and one group, followed by ReLU and max pooling with non-overlapping 2×2
/// windows.
/// </summary>
/// <remarks>
/// A call for only some of a layer's filters takes spans that start at the first of these filters, and writes nothing outside of their
/// values: another thread may be writing those of the filters beside them.
/// </remarks>
/// <param name="Convolution">The sizes of the convolution.</param>
public readonly record struct ConvPoolGeometry(Conv2dGeometry Convolution)
{
    /// <summary>The maximum kernel width.</summary>
    public const int MaxKernelWidth = 8;

    /// <summary>N, the samples of the call.</summary>
    public int Samples => Convolution.Samples;

    /// <summary>Number of filters of the call: the channels of its output.</summary>
    public int Filters => Convolution.Filters;

    /// <summary>Filters of the whole layer: more than <see cref="Filters"/> in a call for only some of them.</summary>
    public int LayerFilters { get; init; } = Convolution.Filters;

    /// <summary>H of the output; an odd last row of the convolution is dropped.</summary>
    public int PooledHeight => Convolution.OutputHeight / 2;

    /// <summary>W of the output; an odd last column of the convolution is dropped.</summary>
    public int PooledWidth => Convolution.OutputWidth / 2;

    /// <summary>Outputs of one filter.</summary>
    public int Windows => PooledHeight * PooledWidth;

    /// <summary>Values of an output sample of the layer; also the winners from one sample to the next.</summary>
    public int OutputCount => LayerFilters * Windows;

    /// <summary>Floats from one output sample to the next.</summary>
    public int OutputStride => Lanes.RoundUp(OutputCount);

    /// <summary>Floats from the call's first output to one past its last.</summary>
    public long OutputLength => Length(OutputStride);

    /// <summary>Winners from the call's first to one past its last.</summary>
    public long WinnersLength => Length(OutputCount);

    /// <summary>Whether the fused kernels support a convolution with these sizes.</summary>
    public static bool Supports(in Conv2dGeometry convolution) =>
        convolution is { StrideHeight: 1, StrideWidth: 1, DilationHeight: 1, DilationWidth: 1, Groups: 1, OutputHeight: >= 2, OutputWidth: >= 2, KernelWidth: <= MaxKernelWidth };

    /// <summary>Throws unless the fused kernels support a convolution with these sizes.</summary>
    /// <exception cref="ArgumentException">A size is out of range.</exception>
    internal static void Check(in ConvPoolGeometry geometry)
    {
        Conv2dGeometry.Check(geometry.Convolution);
        if (geometry.LayerFilters < geometry.Filters || !KernelGuard.IsAddressable(geometry.LayerFilters, geometry.PooledHeight, geometry.PooledWidth))
        {
            throw new ArgumentException($"A layer of {geometry.LayerFilters} filters has no call for {geometry.Filters}, or is too large.", nameof(geometry));
        }

        if (!ConvPoolGeometry.Supports(geometry.Convolution))
        {
            throw new ArgumentException(
                "Unsupported fused convolution: it needs stride 1, dilation 1, one group, an output of at least 2×2 "
                + $"and a kernel of at most {ConvPoolGeometry.MaxKernelWidth} columns.",
                nameof(geometry));
        }
    }

    private long Length(int stride) => Samples == 0 ? 0 : ((Samples - 1L) * stride) + (Filters == LayerFilters ? stride : Filters * Windows);
}
