using ConvNN.Kernels.Sums;
using ConvNN.Model.Parameters;

namespace ConvNN.Training.Pipeline;

/// <summary>Leaves of a shard that go through all layers together, so that their activations stay in a core's cache.</summary>
public sealed class ShardPart
{
    private readonly SubtreeGradient[] _gradients;
    private readonly int[] _edges;

    /// <summary>Allocates memory for the gradients of a run of leaves.</summary>
    /// <param name="lo">The first leaf.</param>
    /// <param name="hi">One past the last leaf (exclusive).</param>
    /// <param name="leaves">P, the leaves of a step.</param>
    /// <param name="gradientLength">Floats of a gradient.</param>
    public ShardPart(int lo, int hi, int leaves, int gradientLength)
    {
        Lo = lo;
        _edges = new int[hi - lo + 1];
        _gradients = [.. SumTree.Cover(leaves, lo, hi).Select(node => new SubtreeGradient(node.Lo, node.Hi, gradientLength))];
    }

    /// <summary>The first leaf.</summary>
    public int Lo { get; }

    /// <summary>The index of its first sample in the batch.</summary>
    public int FirstSample { get; private set; }

    /// <summary>The number of its samples.</summary>
    public int Count => _edges[^1];

    /// <summary>Leaf Lo + h holds the samples [Edges[h], Edges[h + 1]) of the part.</summary>
    public ReadOnlySpan<int> Edges => _edges;

    /// <summary>The sums of its subtrees.</summary>
    public IReadOnlyList<SubtreeGradient> Gradients => _gradients;

    /// <summary>Begins a training step.</summary>
    public void Begin(LeafCut cut)
    {
        FirstSample = cut.Start(Lo);
        for (int h = 0; h < _edges.Length; h++)
        {
            _edges[h] = cut.Start(Lo + h) - FirstSample;
        }

        foreach (SubtreeGradient gradient in _gradients)
        {
            gradient.Cut(cut, FirstSample);
        }
    }
}
