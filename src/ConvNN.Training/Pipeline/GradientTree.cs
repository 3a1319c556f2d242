using ConvNN.Kernels;
using ConvNN.Model;

namespace ConvNN.Training.Pipeline;

/// <summary>Finishes the tree of a step: joins the subtrees that the workers summed, as <see cref="SumTree"/> says.</summary>
/// <param name="shards">The shards of all workers.</param>
/// <param name="leaves">P, the leaves of a step.</param>
/// <param name="kernels">The kernels of the run.</param>
internal sealed class GradientTree(IReadOnlyList<Shard> shards, int leaves, KernelSet kernels)
{
    private readonly Dictionary<(int Lo, int Hi), SubtreeGradient> _subtrees =
        shards.SelectMany(shard => shard.Gradients).ToDictionary(gradient => (gradient.Lo, gradient.Hi));

    /// <summary>The sum over all samples of the step; it takes the place of one of the subtrees.</summary>
    public Span<float> Sum() => Join(0, leaves)!.Values;

    private SubtreeGradient? Join(int lo, int hi)
    {
        if (_subtrees.TryGetValue((lo, hi), out SubtreeGradient? subtree))
        {
            return subtree.IsEmpty ? null : subtree;
        }

        int middle = SumTree.Middle(lo, hi);
        SubtreeGradient? left = Join(lo, middle);
        SubtreeGradient? right = Join(middle, hi);
        if (left is null || right is null)
        {
            return left ?? right;
        }

        kernels.Elementwise.Add(left.Values, right.Values);
        return left;
    }
}
