using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Model.Parameters;
using ConvNN.Model.Samples;

namespace ConvNN.Training.Pipeline.OwnedRows;

/// <summary>How a dense layer is divided among members: who owns which units, and whether each member computes only its own.</summary>
/// <remarks>
/// Splitting a layer by units over the workers: Krizhevsky 2014, arXiv:1404.5997. A unit's weights stay in its owner's
/// cache; activations and gradients move between cores instead, which is less data at small batches.
/// </remarks>
internal sealed class DenseDivision
{
    // Units whose biases share a cache line.
    private const int Line = 16;

    private readonly SubtreeGradient[][] _partials;
    private readonly GradientTree? _tree;

    /// <summary>Divides a layer.</summary>
    /// <param name="workspace">The workspace of all members.</param>
    /// <param name="index">The layer's index in the workspace.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="plan">Members, samples, kernels.</param>
    public DenseDivision(Workspace workspace, int index, Dense layer, PipelinePlan plan)
    {
        int members = plan.Threads;
        Index = index;
        Layer = layer;
        int leaves = layer.UnitLeaves;
        IsSplit = plan.Splits(layer);
        Units = [.. Enumerable.Range(0, members).Select(member => IsSplit
            ? layer.UnitsOf(member * leaves / members, (member + 1) * leaves / members)
            : Lines(member, members))];
        _partials = [.. Enumerable.Range(0, members).Select(_ => Array.Empty<SubtreeGradient>())];
        if (!IsSplit || index == workspace.FirstWithParameters)
        {
            return;
        }

        // The leftmost subtree is summed directly into the buffer for the whole sum.
        for (int member = 0; member < members; member++)
        {
            _partials[member] =
            [
                .. SumTree.Cover(leaves, member * leaves / members, (member + 1) * leaves / members)
                    .Select(node => new SubtreeGradient(
                        node.Lo, node.Hi, node.Lo == 0 ? workspace.GradientBuffer(index - 1) : new AlignedBuffer(workspace.Capacity * layer.Input.Stride))),
            ];
            Array.ForEach(_partials[member], partial => partial.Cut(new LeafCut(leaves, leaves), firstSample: 0));
        }

        _tree = new GradientTree(_partials.SelectMany(partials => partials), leaves, plan.Kernels);
    }

    /// <summary>The layer's index in the workspace.</summary>
    public int Index { get; }

    /// <summary>The layer.</summary>
    public Dense Layer { get; }

    /// <summary>Whether each member computes its own units, of all samples; otherwise it computes all units, of its own samples.</summary>
    public bool IsSplit { get; }

    /// <summary>The units that each member owns: it alone changes their weights.</summary>
    public UnitRun[] Units { get; }

    /// <summary>Computes what a member's units contribute to the gradient with respect to the input.</summary>
    /// <param name="all">All samples of the step.</param>
    /// <param name="workspace">The workspace.</param>
    public void PartialInputGradient(in SampleRun all, Workspace workspace)
    {
        foreach (SubtreeGradient partial in _partials[all.Member])
        {
            UnitRun units = Layer.UnitsOf(partial.Lo, partial.Hi);
            Layer.InputGradient(workspace.Gradient(Index, all), partial.Values, units, workspace.Context(Index, all));
        }
    }

    /// <summary>Joins the contributions of all members' units to the gradient with respect to the input, for some samples.</summary>
    public void JoinInputGradient(in SampleRun run, Workspace workspace)
    {
        int stride = Layer.Input.Stride;
        _tree!.Sum(run.First * stride, run.Count * stride);
        Layer.Input.ClearPadding(workspace.Gradient(Index - 1, run), run.Count);
        workspace.AddShortcuts(Index, run);
    }

    private UnitRun Lines(int member, int members)
    {
        int lines = (Layer.Output.Count + Line - 1) / Line;
        int first = Math.Min(Layer.Output.Count, member * lines / members * Line);
        int end = Math.Min(Layer.Output.Count, (member + 1) * lines / members * Line);
        return new UnitRun(first, end - first);
    }
}
