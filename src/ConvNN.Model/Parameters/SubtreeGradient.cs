using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Model.Parameters;

/// <summary>The gradient summed over a subtree [Lo, Hi) of the step's leaves, which a worker hands to the reducer.</summary>
/// <param name="lo">First leaf.</param>
/// <param name="hi">One past the last leaf (exclusive).</param>
/// <param name="values">Memory for the sums.</param>
public sealed class SubtreeGradient(int lo, int hi, AlignedBuffer values)
{
    private readonly int[] _edges = new int[hi - lo + 1];

    /// <summary>Allocates memory for the sums.</summary>
    /// <param name="lo">First leaf.</param>
    /// <param name="hi">One past the last leaf (exclusive).</param>
    /// <param name="length">Floats of a gradient, <see cref="ParameterLayout.TrainedLength"/>.</param>
    public SubtreeGradient(int lo, int hi, int length)
        : this(lo, hi, new AlignedBuffer(length))
    {
    }

    /// <summary>First leaf of the subtree.</summary>
    public int Lo { get; } = lo;

    /// <summary>One past the last leaf (exclusive).</summary>
    public int Hi { get; } = hi;

    /// <summary>Whether the subtree contains no samples in this step; its values are then undefined.</summary>
    public bool IsEmpty => _edges[0] == _edges[^1];

    /// <summary>Leaf Lo + h holds the samples [Edges[h], Edges[h + 1]) of the worker's run.</summary>
    public ReadOnlySpan<int> Edges => _edges;

    /// <summary>The sums, laid out like the trained part of the weights.</summary>
    public Span<float> Values => values.Span;

    /// <summary>The sums of one parameter, rows with padding.</summary>
    public Span<float> Of(Parameter parameter) => Values.Slice(parameter.Offset, parameter.Length);

    /// <summary>The sums of an optional parameter; empty if the layer does not have it.</summary>
    public Span<float> OfOrEmpty(Parameter? parameter) => parameter is null ? default : Of(parameter);

    /// <summary>Cuts the step's samples into leaves.</summary>
    /// <param name="cut">The step's cut.</param>
    /// <param name="firstSample">The index in the step of the first sample of the worker's run.</param>
    public void Cut(LeafCut cut, int firstSample)
    {
        for (int h = 0; h < _edges.Length; h++)
        {
            _edges[h] = cut.Start(Lo + h) - firstSample;
        }
    }
}
