using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Dense;

/// <summary>The sizes of a fully connected product: x [Samples, Inputs], w [Units, Inputs], y [Samples, Units].</summary>
/// <remarks>Rows of x and w are <see cref="InputStride"/> floats apart, rows of y <see cref="UnitStride"/>; the floats between are zero. A call for some of a layer's units gets spans that begin with the first of them.</remarks>
/// <param name="Samples">N, the samples of the call.</param>
/// <param name="Inputs">Inputs of a sample.</param>
/// <param name="Units">Outputs of a sample.</param>
public readonly record struct DenseGeometry(int Samples, int Inputs, int Units)
{
    /// <summary>Floats from one row of x or w to the next.</summary>
    public int InputStride => Lanes.RoundUp(Inputs);

    /// <summary>Floats from one row of y to the next.</summary>
    public int UnitStride => Lanes.RoundUp(LayerUnits);

    /// <summary>Floats from the first output of the call to behind its last, whose units are taken four by four.</summary>
    public long OutputLength => Samples == 0 ? 0 : ((long)(Samples - 1) * UnitStride) + (Units == LayerUnits ? UnitStride : (Units + 3) & -4);

    /// <summary>Units of the whole layer: more than <see cref="Units"/> in a call that holds only some of them.</summary>
    public int LayerUnits { get; init; } = Units;

    /// <summary>
    /// Output units in a leaf of the input gradient: an eighth of them in whole lanes, so that a layer can be split by
    /// units over up to eight workers without another sum.
    /// </summary>
    public int UnitsPerLeaf => Math.Max(Lanes.Count, Lanes.RoundUp((LayerUnits + 7) / 8));

    /// <summary>Number of leaves of the input gradient, at most 8.</summary>
    public int UnitLeaves => (Units + UnitsPerLeaf - 1) / UnitsPerLeaf;

    /// <summary>Throws unless the sizes are those of a fully connected layer.</summary>
    /// <exception cref="ArgumentException">A size is out of range.</exception>
    internal static void Check(DenseGeometry geometry)
    {
        if (geometry.Samples < 0 || geometry.Inputs < 1 || geometry.Units < 1 || geometry.LayerUnits < geometry.Units
            || !KernelGuard.IsAddressable(geometry.Inputs, 1, 1) || !KernelGuard.IsAddressable(geometry.Units, 1, 1))
        {
            throw new ArgumentException(
                $"No fully connected layer: x [{geometry.Samples}, {geometry.Inputs}], w [{geometry.Units}, {geometry.Inputs}]; inputs and units start at 1.",
                nameof(geometry));
        }
    }
}
