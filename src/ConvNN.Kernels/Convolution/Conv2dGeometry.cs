using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Convolution;

/// <summary>
/// The sizes of a 2-D convolution: x [Samples, Channels, Height, Width], w [Filters, Channels / Groups, KernelHeight, KernelWidth].
/// </summary>
/// <remarks>
/// Samples are <see cref="InputStride"/> and <see cref="OutputStride"/> floats apart, filters <see cref="TapStride"/>; the floats in
/// between are zero.
/// </remarks>
public readonly record struct Conv2dGeometry
{
    /// <summary>N, the samples of the call.</summary>
    public required int Samples { get; init; }

    /// <summary>C, the channels of the input.</summary>
    public required int Channels { get; init; }

    /// <summary>H of the input.</summary>
    public required int Height { get; init; }

    /// <summary>W of the input.</summary>
    public required int Width { get; init; }

    /// <summary>Number of filters: the channels of the output.</summary>
    public required int Filters { get; init; }

    /// <summary>Rows of a filter.</summary>
    public required int KernelHeight { get; init; }

    /// <summary>Columns of a filter.</summary>
    public required int KernelWidth { get; init; }

    /// <summary>Rows from one window to the next.</summary>
    public int StrideHeight { get; init; } = 1;

    /// <summary>Columns from one window to the next.</summary>
    public int StrideWidth { get; init; } = 1;

    /// <summary>Rows of zeros above and below the input.</summary>
    public int PaddingHeight { get; init; }

    /// <summary>Columns of zeros to the left and right of the input.</summary>
    public int PaddingWidth { get; init; }

    /// <summary>Input rows from one filter row to the next.</summary>
    public int DilationHeight { get; init; } = 1;

    /// <summary>Input columns from one filter column to the next.</summary>
    public int DilationWidth { get; init; } = 1;

    /// <summary>Number of groups: filter f of F sees only the channels of group ⌊f·Groups / F⌋.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Creates a geometry with stride 1, dilation 1, one group and no padding.</summary>
    public Conv2dGeometry()
    {
    }

    /// <summary>H of the output.</summary>
    public int OutputHeight => ((PaddedHeight - WindowHeight) / StrideHeight) + 1;

    /// <summary>W of the output.</summary>
    public int OutputWidth => ((PaddedWidth - WindowWidth) / StrideWidth) + 1;

    /// <summary>Channels of a group.</summary>
    public int GroupChannels => Channels / Groups;

    /// <summary>Filters of a group.</summary>
    public int GroupFilters => Filters / Groups;

    /// <summary>Weights per filter, C / Groups · KH·KW.</summary>
    public int Taps => GroupChannels * KernelHeight * KernelWidth;

    /// <summary>Floats from one filter's weights to the next's.</summary>
    public int TapStride => Lanes.RoundUp(Taps);

    /// <summary>Floats from one input sample to the next.</summary>
    public int InputStride => Lanes.RoundUp(Channels * Height * Width);

    /// <summary>Floats from one output sample to the next.</summary>
    public int OutputStride => Lanes.RoundUp(Filters * OutputHeight * OutputWidth);

    /// <summary>
    /// Whether the parameter gradients sum by columns, along 16 lanes: with at most 4 channels per group, where adjacent columns are the
    /// only numbers that fill a vector. See <see cref="Conv2dKernels.ParameterGradient"/>.
    /// </summary>
    public bool SumsByColumns => GroupChannels <= 4;

    /// <summary>Rows of the input that a filter covers.</summary>
    internal int WindowHeight => ((KernelHeight - 1) * DilationHeight) + 1;

    /// <summary>Columns of the input that a filter covers.</summary>
    internal int WindowWidth => ((KernelWidth - 1) * DilationWidth) + 1;

    /// <summary>H of the input with its padding.</summary>
    internal int PaddedHeight => Height + (2 * PaddingHeight);

    /// <summary>W of the input with its padding.</summary>
    internal int PaddedWidth => Width + (2 * PaddingWidth);

    /// <summary>
    /// Throws unless the sizes are valid: no size below its minimum, a kernel that fits the padded input, and a sample that fits in a
    /// buffer.
    /// </summary>
    /// <exception cref="ArgumentException">A size is out of range.</exception>
    internal static void Check(in Conv2dGeometry geometry)
    {
        bool isPositive = geometry.Samples >= 0 && geometry.Channels >= 1 && geometry.Height >= 1 && geometry.Width >= 1
            && geometry.Filters >= 1 && geometry.KernelHeight >= 1 && geometry.KernelWidth >= 1
            && geometry.StrideHeight >= 1 && geometry.StrideWidth >= 1 && geometry.PaddingHeight >= 0 && geometry.PaddingWidth >= 0
            && geometry.DilationHeight >= 1 && geometry.DilationWidth >= 1
            && geometry.Groups >= 1 && geometry.Channels % geometry.Groups == 0 && geometry.Filters % geometry.Groups == 0;
        if (!isPositive
            || ((geometry.KernelHeight - 1L) * geometry.DilationHeight) + 1 > geometry.Height + (2L * geometry.PaddingHeight)
            || ((geometry.KernelWidth - 1L) * geometry.DilationWidth) + 1 > geometry.Width + (2L * geometry.PaddingWidth)
            || !KernelGuard.IsAddressable(geometry.Channels, geometry.Height + (2L * geometry.PaddingHeight), geometry.Width + (2L * geometry.PaddingWidth))
            || !KernelGuard.IsAddressable(geometry.Channels, geometry.KernelHeight, geometry.KernelWidth)
            || !KernelGuard.IsAddressable(geometry.Filters, geometry.OutputHeight, geometry.OutputWidth))
        {
            throw new ArgumentException(
                $"Invalid convolution: x [{geometry.Samples}, {geometry.Channels}, {geometry.Height}, {geometry.Width}], "
                + $"w [{geometry.Filters}, {geometry.Channels}/{geometry.Groups}, {geometry.KernelHeight}, {geometry.KernelWidth}], "
                + $"stride {geometry.StrideHeight}×{geometry.StrideWidth}, padding {geometry.PaddingHeight}×{geometry.PaddingWidth}, "
                + $"dilation {geometry.DilationHeight}×{geometry.DilationWidth}; "
                + "sizes, strides and dilations must be at least 1, groups must divide channels and filters, the kernel must fit the "
                + $"padded input, and a sample must have at most {AlignedBuffer.MaxLength} values.",
                nameof(geometry));
        }
    }
}
