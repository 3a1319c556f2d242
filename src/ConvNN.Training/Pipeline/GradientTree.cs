using ConvNN.Kernels;
using ConvNN.Kernels.Sums;
using ConvNN.Model.Parameters;

namespace ConvNN.Training.Pipeline;

/// <summary>Finishes a tree of sums: joins the subtrees that different workers have summed, as <see cref="SumTree"/> defines.</summary>
/// <param name="subtrees">The subtrees, which cover the leaves.</param>
/// <param name="leaves">The leaves of the whole tree.</param>
/// <param name="kernels">The kernels of the run.</param>
internal sealed class GradientTree(IEnumerable<SubtreeGradient> subtrees, int leaves, KernelSet kernels)
{
    private readonly Dictionary<(int Lo, int Hi), SubtreeGradient> _subtrees = subtrees.ToDictionary(subtree => (subtree.Lo, subtree.Hi));

    /// <summary>
    /// Sums a slice over all leaves. Element i of a sum depends only on element i of its terms, so slices may be summed one
    /// after another or concurrently.
    /// </summary>
    /// <param name="start">The slice's first float.</param>
    /// <param name="length">Its floats.</param>
    /// <returns>The subtree whose values the sum has replaced; it is the same for every slice of a step.</returns>
    public SubtreeGradient Sum(int start, int length) => Join(0, leaves, start, length)!;

    /// <summary>Sums a slice over the leaves [lo, hi) of one subtree; null if they hold no sample.</summary>
    public SubtreeGradient? Join(int lo, int hi, int start, int length)
    {
        if (_subtrees.TryGetValue((lo, hi), out SubtreeGradient? subtree))
        {
            return subtree.IsEmpty ? null : subtree;
        }

        int middle = SumTree.Middle(lo, hi);
        SubtreeGradient? left = Join(lo, middle, start, length);
        SubtreeGradient? right = Join(middle, hi, start, length);
        if (left is null || right is null)
        {
            return left ?? right;
        }

        kernels.Elementwise.Add(left.Values.Slice(start, length), right.Values.Slice(start, length));
        return left;
    }
}
