namespace ConvNN.Model;

/// <summary>The values of a parameter in a flat buffer, row by row, without the padding.</summary>
/// <param name="parameter">The parameter.</param>
/// <param name="buffer">A buffer of its layout.</param>
public readonly ref struct ParameterValues(Parameter parameter, Span<float> buffer)
{
    private readonly Span<float> _buffer = buffer;

    /// <summary>Number of rows.</summary>
    public int Rows => parameter.Rows;

    /// <summary>Values of a row.</summary>
    public int Columns => parameter.RowLength;

    /// <summary>A row.</summary>
    public Span<float> Row(int row) => parameter.Row(_buffer, row);
}
