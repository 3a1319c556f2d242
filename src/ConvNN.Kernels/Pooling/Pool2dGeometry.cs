using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Pooling;

/// <summary>
/// The sizes of 2-D pooling without padding: x [Samples, Channels, Height, Width]. Windows that would extend past the input are
/// dropped.
/// </summary>
/// <param name="Samples">N, the samples of the call.</param>
/// <param name="Channels">C.</param>
/// <param name="Height">H of the input.</param>
/// <param name="Width">W of the input.</param>
/// <param name="WindowHeight">Rows of a window.</param>
/// <param name="WindowWidth">Columns of a window; WindowHeight · WindowWidth is at most 65,536.</param>
/// <param name="StrideHeight">Rows from one window to the next; windows overlap if it is smaller than the window.</param>
/// <param name="StrideWidth">Columns from one window to the next.</param>
public readonly record struct Pool2dGeometry(
    int Samples, int Channels, int Height, int Width, int WindowHeight, int WindowWidth, int StrideHeight, int StrideWidth)
{
    /// <summary>H of the output.</summary>
    public int OutputHeight => ((Height - WindowHeight) / StrideHeight) + 1;

    /// <summary>W of the output.</summary>
    public int OutputWidth => ((Width - WindowWidth) / StrideWidth) + 1;

    /// <summary>Values of an output sample.</summary>
    public int OutputCount => Channels * OutputHeight * OutputWidth;

    /// <summary>Floats from one input sample to the next.</summary>
    public int InputStride => Lanes.RoundUp(Channels * Height * Width);

    /// <summary>Floats from one output sample to the next.</summary>
    public int OutputStride => Lanes.RoundUp(OutputCount);

    /// <summary>
    /// Throws unless the sizes are valid: no size below its minimum, a window that fits the input, and a sample that fits in a buffer.
    /// </summary>
    /// <exception cref="ArgumentException">A size is out of range.</exception>
    internal static void Check(in Pool2dGeometry geometry)
    {
        bool isPositive = geometry.Samples >= 0 && geometry.Channels >= 1 && geometry.WindowHeight >= 1 && geometry.WindowWidth >= 1
            && geometry.StrideHeight >= 1 && geometry.StrideWidth >= 1;
        if (!isPositive
            || geometry.WindowHeight > geometry.Height
            || geometry.WindowWidth > geometry.Width
            || (long)geometry.WindowHeight * geometry.WindowWidth > ushort.MaxValue + 1
            || !KernelGuard.IsAddressable(geometry.Channels, geometry.Height, geometry.Width))
        {
            throw new ArgumentException(
                $"No pool: x [{geometry.Samples}, {geometry.Channels}, {geometry.Height}, {geometry.Width}], "
                + $"window {geometry.WindowHeight}×{geometry.WindowWidth}, stride {geometry.StrideHeight}×{geometry.StrideWidth}; "
                + "sizes and strides must be at least 1, and the window must fit the input and hold at most 65,536 values.",
                nameof(geometry));
        }
    }
}
