using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Dense;

/// <summary>
/// The columns of a leaf of inputs, in whole lanes. Where the leaf begins or ends amid 16 lanes, these hold another leaf's inputs, too, so
/// kernels read a copy that has zeros instead.
/// </summary>
internal readonly struct LeafColumns
{
    private readonly int _first;
    private readonly int _end;

    /// <summary>The columns of consecutive inputs.</summary>
    public LeafColumns(InputRun run, DenseGeometry geometry)
    {
        (_first, _end) = (run.First, run.End);
        Begin = _first & -Lanes.Count;
        Length = Lanes.RoundUp(_end) - Begin;
        IsWhole = Begin == _first && (_end % Lanes.Count == 0 || _end == geometry.Inputs);
    }

    /// <summary>The first column.</summary>
    public int Begin { get; }

    /// <summary>Columns.</summary>
    public int Length { get; }

    /// <summary>Whether the columns hold no other leaf's inputs.</summary>
    public bool IsWhole { get; }

    /// <summary>Copies a sample's inputs of the leaf.</summary>
    public void Copy(ReadOnlySpan<float> sample, Span<float> copy)
    {
        copy[..(_first - Begin)].Clear();
        sample[_first.._end].CopyTo(copy[(_first - Begin)..]);
        copy[(_end - Begin)..Length].Clear();
    }
}
