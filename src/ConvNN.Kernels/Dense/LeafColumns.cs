using System.Runtime.InteropServices;
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
    public void Copy<TVector>(ReadOnlySpan<float> sample, Span<float> copy)
        where TVector : struct, IVector<TVector>
    {
        ref float from = ref MemoryMarshal.GetReference(sample.Slice(Begin, Length));
        ref float to = ref MemoryMarshal.GetReference(copy[..Length]);
        for (nuint i = 0; i < (nuint)Length; i += (nuint)TVector.Count)
        {
            TVector.Store(TVector.Load(ref from, i), ref to, i);
        }

        copy[..(_first - Begin)].Clear();
        copy[(_end - Begin)..Length].Clear();
    }
}
