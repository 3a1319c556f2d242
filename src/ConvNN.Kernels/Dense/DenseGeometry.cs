using ConvNN.Kernels.Optimizers;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Dense;

/// <summary>The sizes of a fully connected layer: x [Samples, Inputs], w [Units, Inputs], y [Samples, Units].</summary>
/// <remarks>
/// Rows of x and w are <see cref="InputStride"/> floats apart, rows of y <see cref="UnitStride"/>; the floats in between are zero. A
/// call for only some of a layer's units takes spans that start at the first of these units; a call for only some of its inputs takes
/// whole rows, and a <see cref="Part"/>.
/// </remarks>
/// <param name="Samples">N, the samples of the call.</param>
/// <param name="Inputs">Inputs per sample.</param>
/// <param name="Units">Outputs per sample.</param>
public readonly record struct DenseGeometry(int Samples, int Inputs, int Units)
{
    /// <summary>The most leaves of the forward sum.</summary>
    internal const int MaxInputLeaves = 8;

    /// <summary>Floats from one row of x or w to the next.</summary>
    public int InputStride => Lanes.RoundUp(Inputs);

    /// <summary>Floats from one row of y to the next.</summary>
    public int UnitStride => Lanes.RoundUp(LayerUnits);

    /// <summary>Floats from the call's first output to one past its last; units are processed in groups of four.</summary>
    public long OutputLength => Samples == 0 ? 0 : ((long)(Samples - 1) * UnitStride) + (Units == LayerUnits ? UnitStride : (Units + 3) & -4);

    /// <summary>Units of the whole layer: more than <see cref="Units"/> in a call for only some of them.</summary>
    public int LayerUnits { get; init; } = Units;

    /// <summary>How many equal runs of values the inputs consist of, such as the channels of a flattened image.</summary>
    public int Channels { get; init; } = 1;

    /// <summary>
    /// Number of leaves of the forward sum, at most 8. Each holds whole channels, so that the inputs can be divided among workers that own
    /// channels without changing the sum.
    /// </summary>
    public int InputLeaves => Math.Min(MaxInputLeaves, Channels);

    /// <summary>
    /// The inputs of the call. The forward pass takes leaves of inputs, and sums these; the gradients take any run. The last inputs of a
    /// row include its padding.
    /// </summary>
    public InputRun Part { get; init; } = new(0, Inputs);

    /// <summary>Units of a block of <see cref="SquareSums"/>.</summary>
    public int UnitBlock => SquareSums.BlockOf(LayerUnits);

    /// <summary>Blocks of <see cref="UnitBlock"/> units of the call; the last may be shorter.</summary>
    public int UnitBlocks => (Units + UnitBlock - 1) / UnitBlock;

    /// <summary>One past the last column of a row that belongs to <see cref="Part"/>.</summary>
    internal int EndColumn => Part.End == Inputs ? InputStride : Part.End;

    /// <summary>The leaves that <see cref="Part"/> consists of, as [Lo, Hi).</summary>
    /// <exception cref="ArgumentException">It does not consist of leaves.</exception>
    internal (int Lo, int Hi) Leaves
    {
        get
        {
            int lo = 0, hi = InputLeaves;
            while (lo < hi && InputsOf(0, lo).Count < Part.First)
            {
                lo++;
            }

            while (lo < hi && InputsOf(0, hi).Count > Part.End)
            {
                hi--;
            }

            return lo < hi && InputsOf(lo, hi) == Part
                ? (lo, hi)
                : throw new ArgumentException($"The inputs [{Part.First}, {Part.End}) are not leaves of {Channels} channels of {Inputs / Channels} inputs.");
        }
    }

    /// <summary>The inputs of consecutive leaves: leaf h holds the channels [h · C / L, (h + 1) · C / L).</summary>
    /// <param name="lo">The first leaf of <see cref="InputLeaves"/>.</param>
    /// <param name="hi">One past the last leaf (exclusive).</param>
    public InputRun InputsOf(int lo, int hi)
    {
        int leaves = InputLeaves, length = Inputs / Channels;
        int first = (int)((long)lo * Channels / leaves) * length, end = (int)((long)hi * Channels / leaves) * length;
        return new InputRun(first, end - first);
    }

    /// <summary>Throws unless the sizes are valid.</summary>
    /// <exception cref="ArgumentException">A size is out of range.</exception>
    internal static void Check(DenseGeometry geometry)
    {
        if (geometry.Samples < 0 || geometry.Inputs < 1 || geometry.Units < 1 || geometry.LayerUnits < geometry.Units
            || !KernelGuard.IsAddressable(geometry.Inputs, 1, 1) || !KernelGuard.IsAddressable(geometry.Units, 1, 1))
        {
            throw new ArgumentException(
                $"Invalid fully connected layer: x [{geometry.Samples}, {geometry.Inputs}], w [{geometry.Units}, {geometry.Inputs}]; inputs and units must be at least 1.",
                nameof(geometry));
        }

        if (geometry.Channels < 1 || geometry.Inputs % geometry.Channels != 0
            || geometry.Part.First < 0 || geometry.Part.Count < 1 || geometry.Part.First > geometry.Inputs - geometry.Part.Count)
        {
            throw new ArgumentException(
                $"Invalid division of {geometry.Inputs} inputs: {geometry.Channels} equal channels, part [{geometry.Part.First}, {geometry.Part.End}).", nameof(geometry));
        }
    }
}
