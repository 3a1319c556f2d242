using System.Runtime.CompilerServices;

namespace ConvNN.Kernels;

/// <summary>The checks that a kernel makes once per call, so that its loops need none.</summary>
internal static class KernelGuard
{
    /// <summary>Throws unless the span holds at least <paramref name="needed"/> elements.</summary>
    /// <exception cref="ArgumentException">The span is too short.</exception>
    public static void Holds<T>(ReadOnlySpan<T> span, long needed, [CallerArgumentExpression(nameof(span))] string name = "")
    {
        if (span.Length < needed)
        {
            throw new ArgumentException($"{name} has {span.Length} elements, the geometry needs {needed}.", name);
        }
    }

    /// <summary>Throws unless both spans have the same length.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void SameLength<T>(
        ReadOnlySpan<T> left,
        ReadOnlySpan<T> right,
        [CallerArgumentExpression(nameof(left))] string leftName = "",
        [CallerArgumentExpression(nameof(right))] string rightName = "")
    {
        if (left.Length != right.Length)
        {
            throw new ArgumentException($"{leftName} has {left.Length} elements, {rightName} has {right.Length}; they must be equal.", rightName);
        }
    }

    /// <summary>Throws unless the sizes are those of a convolution: nothing below its minimum, a kernel that fits, samples that an index reaches.</summary>
    /// <exception cref="ArgumentException">A size is out of range.</exception>
    public static void IsValid(in Conv2dGeometry geometry)
    {
        bool isPositive = geometry.Samples >= 0 && geometry.Channels >= 1 && geometry.Height >= 1 && geometry.Width >= 1
            && geometry.Filters >= 1 && geometry.KernelHeight >= 1 && geometry.KernelWidth >= 1
            && geometry.StrideHeight >= 1 && geometry.StrideWidth >= 1 && geometry.PaddingHeight >= 0 && geometry.PaddingWidth >= 0
            && geometry.DilationHeight >= 1 && geometry.DilationWidth >= 1
            && geometry.Groups >= 1 && geometry.Channels % geometry.Groups == 0 && geometry.Filters % geometry.Groups == 0;
        if (!isPositive
            || ((geometry.KernelHeight - 1L) * geometry.DilationHeight) + 1 > geometry.Height + (2L * geometry.PaddingHeight)
            || ((geometry.KernelWidth - 1L) * geometry.DilationWidth) + 1 > geometry.Width + (2L * geometry.PaddingWidth)
            || !IsAddressable(geometry.Channels, geometry.Height + (2L * geometry.PaddingHeight), geometry.Width + (2L * geometry.PaddingWidth))
            || !IsAddressable(geometry.Channels, geometry.KernelHeight, geometry.KernelWidth)
            || !IsAddressable(geometry.Filters, geometry.OutputHeight, geometry.OutputWidth))
        {
            throw new ArgumentException(
                $"No convolution: x [{geometry.Samples}, {geometry.Channels}, {geometry.Height}, {geometry.Width}], "
                + $"w [{geometry.Filters}, {geometry.Channels}/{geometry.Groups}, {geometry.KernelHeight}, {geometry.KernelWidth}], "
                + $"stride {geometry.StrideHeight}×{geometry.StrideWidth}, padding {geometry.PaddingHeight}×{geometry.PaddingWidth}, "
                + $"dilation {geometry.DilationHeight}×{geometry.DilationWidth}; "
                + $"sizes, strides and dilations start at 1, groups divide channels and filters, the kernel fits the padded input, and a sample has at most {AlignedBuffer.MaxLength} values.",
                nameof(geometry));
        }
    }

    /// <summary>Throws unless the sizes are those of a convolution that the fused kernels know.</summary>
    /// <exception cref="ArgumentException">A size is out of range.</exception>
    public static void IsValid(in ConvPoolGeometry geometry)
    {
        IsValid(geometry.Convolution);
        if (!ConvPoolGeometry.Supports(geometry.Convolution))
        {
            throw new ArgumentException(
                $"No fused convolution: it has a stride of 1, an output of at least 2×2 and a kernel of at most {ConvPoolGeometry.MaxKernelWidth} columns.",
                nameof(geometry));
        }
    }

    /// <summary>Throws unless the sizes are those of a pool: nothing below its minimum, a window that fits, samples that an index reaches.</summary>
    /// <exception cref="ArgumentException">A size is out of range.</exception>
    public static void IsValid(in MaxPool2dGeometry geometry)
    {
        bool isPositive = geometry.Samples >= 0 && geometry.Channels >= 1 && geometry.WindowHeight >= 1 && geometry.WindowWidth >= 1
            && geometry.StrideHeight >= 1 && geometry.StrideWidth >= 1;
        if (!isPositive
            || geometry.WindowHeight > geometry.Height
            || geometry.WindowWidth > geometry.Width
            || (long)geometry.WindowHeight * geometry.WindowWidth > ushort.MaxValue + 1
            || !IsAddressable(geometry.Channels, geometry.Height, geometry.Width))
        {
            throw new ArgumentException(
                $"No pool: x [{geometry.Samples}, {geometry.Channels}, {geometry.Height}, {geometry.Width}], "
                + $"window {geometry.WindowHeight}×{geometry.WindowWidth}, stride {geometry.StrideHeight}×{geometry.StrideWidth}; "
                + "sizes and strides start at 1, the window fits the input and holds at most 65,536 values.",
                nameof(geometry));
        }
    }

    /// <summary>Throws unless the sizes are those of a fully connected layer.</summary>
    /// <exception cref="ArgumentException">A size is out of range.</exception>
    public static void IsValid(DenseGeometry geometry)
    {
        if (geometry.Samples < 0 || geometry.Inputs < 1 || geometry.Units < 1 || geometry.LayerUnits < geometry.Units
            || !IsAddressable(geometry.Inputs, 1, 1) || !IsAddressable(geometry.Units, 1, 1))
        {
            throw new ArgumentException(
                $"No fully connected layer: x [{geometry.Samples}, {geometry.Inputs}], w [{geometry.Units}, {geometry.Inputs}]; inputs and units start at 1.",
                nameof(geometry));
        }
    }

    private static bool IsAddressable(double outer, double rows, double columns) => outer * rows * columns <= AlignedBuffer.MaxLength;

    /// <summary>Throws unless the leaf edges rise from 0 or more to at most <paramref name="samples"/>.</summary>
    /// <exception cref="ArgumentException">There are no leaves or too many, or an edge is out of order.</exception>
    public static void Edges(ReadOnlySpan<int> edges, int samples)
    {
        bool inOrder = edges.Length is >= 2 and <= SumTree.MaxLeaves + 1 && edges[0] >= 0 && edges[^1] <= samples;
        for (int h = 1; inOrder && h < edges.Length; h++)
        {
            inOrder = edges[h - 1] <= edges[h];
        }

        if (!inOrder)
        {
            throw new ArgumentException(
                $"The leaf edges must be 2 to {SumTree.MaxLeaves + 1} numbers that rise from 0 to at most {samples}.", nameof(edges));
        }
    }
}
