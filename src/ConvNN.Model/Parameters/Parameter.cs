using ConvNN.Kernels.Vectors;

namespace ConvNN.Model.Parameters;

/// <summary>A tensor inside the flat buffer of all weights: an offset and a shape.</summary>
/// <remarks>
/// Rows (all dimensions but the first, flattened) start <see cref="RowStride"/> floats apart. The padding between them is
/// always zero, so kernels need no tail handling. A one-dimensional tensor is a single row.
/// </remarks>
public sealed class Parameter
{
    private readonly ParameterLayout _layout;
    private readonly int _offset;

    internal Parameter(ParameterLayout layout, ParameterKey key, IReadOnlyList<int> dimensions, Initializer initializer, bool isTrained, bool isFrozen, int offset)
    {
        _layout = layout;
        _offset = offset;
        Key = key;
        Dimensions = dimensions;
        Initializer = initializer;
        IsTrained = isTrained;
        IsFrozen = isFrozen;
        Rows = dimensions.Count == 1 ? 1 : dimensions[0];
        RowLength = dimensions.Skip(dimensions.Count == 1 ? 0 : 1).Aggregate(1, (product, d) => checked(product * d));
    }

    /// <summary>The layer that the parameter belongs to, and its name and number there.</summary>
    public ParameterKey Key { get; }

    /// <summary>The name in files, as in PyTorch: <c>conv1.weight</c>.</summary>
    public string Name => $"{Key.Layer}.{Key.Name}";

    /// <summary>The dimensions in files, outermost first.</summary>
    public IReadOnlyList<int> Dimensions { get; }

    /// <summary>How the parameter is initialised.</summary>
    public Initializer Initializer { get; }

    /// <summary>Whether the optimizer changes it; frozen parameters and running statistics are not trained.</summary>
    public bool IsTrained { get; }

    /// <summary>Whether the optimizer would change it if its layer were not frozen.</summary>
    public bool IsFrozen { get; }

    /// <summary>Index of its first float in the flat buffer.</summary>
    public int Offset => IsTrained ? _offset : _layout.TrainedLength + _offset;

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of values in a row.</summary>
    public int RowLength { get; }

    /// <summary>Floats from one row to the next.</summary>
    public int RowStride => checked(RowLength + Lanes.Count - 1) & -Lanes.Count;

    /// <summary>Floats in the flat buffer, padding included.</summary>
    public int Length => checked(Rows * RowStride);

    /// <summary>Number of values, without padding.</summary>
    public int Count => Rows * RowLength;

    /// <summary>Its values in a flat buffer.</summary>
    public ParameterValues Values(Span<float> buffer) => new(buffer.Slice(Offset, Length), Rows, RowLength, RowStride);

    /// <summary>The values of a row in a flat buffer.</summary>
    public Span<float> Row(Span<float> buffer, int row) => buffer.Slice(Offset + (row * RowStride), RowLength);

    /// <inheritdoc cref="Row(Span{float}, int)"/>
    public ReadOnlySpan<float> Row(ReadOnlySpan<float> buffer, int row) => buffer.Slice(Offset + (row * RowStride), RowLength);
}
