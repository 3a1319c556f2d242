using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Dense;

/// <summary>The sizes of a fully connected layer: x [Samples, Inputs], w [Units, Inputs], y [Samples, Units].</summary>
/// <remarks>
/// Rows of x and w are <see cref="InputStride"/> floats apart, rows of y <see cref="UnitStride"/>; the floats in between are zero. A
/// call for only some of a layer's units takes spans that start at the first of these units.
/// </remarks>
/// <param name="Samples">N, the samples of the call.</param>
/// <param name="Inputs">Inputs per sample.</param>
/// <param name="Units">Outputs per sample.</param>
public readonly record struct DenseGeometry(int Samples, int Inputs, int Units)
{
    /// <summary>Floats from one row of x or w to the next.</summary>
    public int InputStride => Lanes.RoundUp(Inputs);

    /// <summary>Floats from one row of y to the next.</summary>
    public int UnitStride => Lanes.RoundUp(LayerUnits);

    /// <summary>Floats from the call's first output to one past its last; units are processed in groups of four.</summary>
    public long OutputLength => Samples == 0 ? 0 : ((long)(Samples - 1) * UnitStride) + (Units == LayerUnits ? UnitStride : (Units + 3) & -4);

    /// <summary>Units of the whole layer: more than <see cref="Units"/> in a call for only some of them.</summary>
    public int LayerUnits { get; init; } = Units;

    /// <summary>
    /// Output units per leaf of the input gradient: an eighth of the layer's units, rounded up to whole lanes. The units of a layer can
    /// thus be split among up to eight workers without changing the sum.
    /// </summary>
    public int UnitsPerLeaf => Math.Max(Lanes.Count, Lanes.RoundUp((LayerUnits + 7) / 8));

    /// <summary>Number of leaves of the input gradient, at most 8.</summary>
    public int UnitLeaves => (Units + UnitsPerLeaf - 1) / UnitsPerLeaf;

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
    }
}
