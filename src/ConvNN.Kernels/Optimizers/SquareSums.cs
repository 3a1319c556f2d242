namespace ConvNN.Kernels.Optimizers;

/// <summary>
/// Where a step of a dense layer leaves the sums of the squares of its mean gradient: partial sums that depend on the layer alone, so that
/// whoever owns some of its weights writes the same numbers. The default value wants none.
/// </summary>
/// <remarks>
/// Units are in blocks of <see cref="BlockOf"/>. In each block and column there is a chain of fused multiply-adds in unit order from +0, in
/// float. The columns of each leaf of inputs are then added in double: lane l of 8 adds those with i ≡ l (mod 8), i counted from the begin of
/// the leaf, and the lanes are added by halves.
/// </remarks>
/// <param name="columns">[Blocks, InputStride], the chains; the columns of inputs of others are not touched.</param>
/// <param name="cells">[Blocks, InputLeaves], the sums over the columns of a leaf; those of leaves of others are not touched.</param>
public readonly ref struct SquareSums(Span<float> columns, Span<double> cells)
{
    // Longer chains cost less, and a layer of few units has to be divided among many members.
    private const int LongBlock = 16;
    private const int ShortBlock = 4;
    private const int ManyUnits = 128;

    /// <summary>Whether no sums are wanted.</summary>
    public bool IsEmpty => Cells.IsEmpty;

    internal Span<float> Columns { get; } = columns;

    internal Span<double> Cells { get; } = cells;

    /// <summary>Units of a block.</summary>
    /// <param name="layerUnits">Units of the whole layer.</param>
    public static int BlockOf(int layerUnits) => layerUnits >= ManyUnits ? LongBlock : ShortBlock;
}
