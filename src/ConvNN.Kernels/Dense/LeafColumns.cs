using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Dense;

/// <summary>
/// The columns of a leaf of inputs, in whole lanes. Where the leaf begins or ends amid 16 lanes, which hold another leaf's inputs, too, these
/// are taken from a copy that has zeros instead: first <see cref="Front"/> columns of the copy, then <see cref="Middle"/> of the row, then
/// <see cref="Back"/> of the copy.
/// </summary>
internal readonly struct LeafColumns
{
    /// <summary>Floats of a sample's copy: the first lanes and the last.</summary>
    public const int CopyLength = 2 * Lanes.Count;

    private readonly int _first;
    private readonly int _end;

    /// <summary>The columns of consecutive inputs.</summary>
    public LeafColumns(InputRun run, DenseGeometry geometry)
    {
        (_first, _end) = (run.First, run.End);
        int begin = _first & -Lanes.Count, end = Lanes.RoundUp(_end);
        bool isOne = end == begin + Lanes.Count, isEndWhole = end == _end || _end == geometry.Inputs;
        Begin = begin;
        Front = begin == _first && (isEndWhole || !isOne) ? 0 : Lanes.Count;
        Back = isEndWhole || isOne ? 0 : Lanes.Count;
        Middle = end - begin - Front - Back;
    }

    /// <summary>The first column.</summary>
    public int Begin { get; }

    /// <summary>Columns of the copy that come first, 0 or 16.</summary>
    public int Front { get; }

    /// <summary>Columns of the row.</summary>
    public int Middle { get; }

    /// <summary>Columns of the copy that come last, 0 or 16.</summary>
    public int Back { get; }

    /// <summary>Copies what is needed of a sample.</summary>
    public void Copy(ReadOnlySpan<float> sample, Span<float> copy)
    {
        copy.Clear();
        if (Front > 0)
        {
            sample[_first..Math.Min(_end, Begin + Lanes.Count)].CopyTo(copy[(_first - Begin)..]);
        }

        if (Back > 0)
        {
            sample[(Begin + Front + Middle).._end].CopyTo(copy[Lanes.Count..]);
        }
    }
}
