namespace ConvNN.Model.Parameters;

/// <summary>The values of a parameter in a flat buffer, row by row, without the padding.</summary>
/// <param name="values">The parameter's part of the buffer, starting at its first row.</param>
/// <param name="rows">Number of rows.</param>
/// <param name="columns">Number of values in a row.</param>
/// <param name="stride">Floats from one row to the next.</param>
public readonly ref struct ParameterValues(Span<float> values, int rows, int columns, int stride)
{
    private readonly Span<float> _values = values;

    /// <summary>Number of rows.</summary>
    public int Rows => rows;

    /// <summary>Number of values in a row.</summary>
    public int Columns => columns;

    /// <summary>A row.</summary>
    public Span<float> Row(int row) => _values.Slice(row * stride, columns);
}
