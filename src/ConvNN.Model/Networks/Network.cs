using ConvNN.Kernels;
using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Fusion;
using ConvNN.Model.Layers;
using ConvNN.Model.Parameters;
using ConvNN.Model.Samples;

namespace ConvNN.Model.Networks;

/// <summary>
/// A feed-forward network: its layers, from the input shape to the outputs, and the layout of its weights. Immutable: all
/// workers share one network, each with its own <see cref="Workspace"/>.
/// </summary>
public sealed class Network
{
    // All vector tiers need about the same scratch memory; the reference needs none.
    private const KernelTier AnyVectors = KernelTier.Vector128;

    private Network(Shape input, LayerStack stack, IReadOnlyList<NetworkBlock> blocks)
    {
        Input = input;
        Layers = stack.Layers;
        Layout = stack.Layout;
        Blocks = blocks;
        EndsInSoftmax = stack.EndsInSoftmax;
        Output = stack.Output;
    }

    /// <summary>The shape of an input sample.</summary>
    public Shape Input { get; }

    /// <summary>The shape of the outputs.</summary>
    public Shape Output { get; }

    /// <summary>The layers in order, before fusion and without a final softmax; a configured layer may consist of several.</summary>
    public IReadOnlyList<Layer> Layers { get; }

    /// <summary>The layers as configured.</summary>
    public IReadOnlyList<NetworkBlock> Blocks { get; }

    /// <summary>The layout of the weights.</summary>
    public ParameterLayout Layout { get; }

    /// <summary>Whether the outputs are meant to go through a softmax.</summary>
    public bool EndsInSoftmax { get; }

    /// <summary>The minimum number of samples that a leaf should have in training: 16 with batch norm, otherwise 1.</summary>
    public int MinLeafSamples => Layers.Max(layer => layer.MinLeafSamples);

    /// <summary>
    /// Floating-point operations of a training step, per sample: the forward pass, and as many again for each of the gradients
    /// with respect to weights and inputs, down to the first layer that is trained.
    /// </summary>
    public long TrainingOperations => Layers.Index().Sum(layer =>
        layer.Item.Operations * (1 + (layer.Item.IsTrained ? 1 : 0) + (Layers.Take(layer.Index).Any(before => before.IsTrained) ? 1 : 0)));

    /// <summary>Builds a network.</summary>
    /// <param name="input">The shape of an input sample.</param>
    /// <param name="layers">The layers, in order; unnamed ones are named by their kind and a number.</param>
    /// <exception cref="NetworkException">
    /// There is no layer, a name is used twice or not allowed in a file, or a layer does not fit its input.
    /// </exception>
    public static Network Build(Shape input, IReadOnlyList<LayerOptions> layers)
    {
        if (layers.Count == 0)
        {
            throw new NetworkException("Model:Layers is empty; a network needs at least one layer.");
        }

        LayerStack stack = new(input);
        List<NetworkBlock> blocks = [];
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        foreach ((LayerOptions options, string name) in layers.Zip(LayerNames.Of(layers)))
        {
            long parameters = stack.Layout.ParameterCount;
            int steps = stack.Layers.Count;
            try
            {
                CheckName(name, names);
                stack.Begin(name, options.Frozen);
                options.AddTo(stack);
                CheckMemory(stack.Layers.Skip(steps));
                CheckMemory(LayerFusion.For([.. stack.Layers.TakeLast(LayerFusion.Longest)], AnyVectors));
            }
            catch (Exception misfit) when (misfit is LayerMisfitException or OverflowException or ArgumentOutOfRangeException)
            {
                throw new NetworkException(Explain(input, blocks, name, options, misfit));
            }

            blocks.Add(new NetworkBlock(
                options with { Name = name },
                stack.Output,
                stack.Layout.ParameterCount - parameters,
                stack.Layers.Skip(steps).Sum(layer => layer.Operations)));
        }

        return new Network(input, stack, blocks);
    }

    /// <summary>The layers as kernels of a tier execute them: some fused, some left out.</summary>
    public IReadOnlyList<Layer> Executed(KernelTier tier) => LayerFusion.For(Layers, tier);

    /// <summary>Runs samples through the network.</summary>
    /// <param name="run">The samples, at most the workspace's capacity.</param>
    /// <param name="workspace">The worker's memory; keeps what <see cref="Backward"/> needs.</param>
    /// <returns>The outputs, [N, Output.Stride], before a softmax.</returns>
    /// <exception cref="ArgumentException">
    /// There are too many samples for the workspace, the images have another size, or the workspace is for another network.
    /// </exception>
    public ReadOnlySpan<float> Forward(in SampleRun run, Workspace workspace)
    {
        if (run.First + run.Count > workspace.Capacity || run.Images.Length != run.Count * Input.Stride)
        {
            throw new ArgumentException(
                $"{run.Count} samples of {Input.Stride} floats are expected, and at most {workspace.Capacity} of them; the images have {run.Images.Length} floats.",
                nameof(run));
        }

        CheckWorkspace(workspace);
        for (int s = 0; s < workspace.Layers.Count; s++)
        {
            workspace.Forward(s, run);
        }

        return workspace.Output(workspace.Layers.Count - 1, run);
    }

    /// <summary>
    /// Computes the parameter gradients of the samples that <see cref="Forward"/> has just processed, from the gradient with
    /// respect to the outputs in <see cref="Workspace.OutputGradient"/>.
    /// </summary>
    /// <param name="run">The same samples.</param>
    /// <param name="workspace">The same workspace.</param>
    /// <param name="subtrees">The subtrees of leaves that cover the samples; each receives its sums.</param>
    public void Backward(in SampleRun run, Workspace workspace, IReadOnlyList<SubtreeGradient> subtrees)
    {
        CheckWorkspace(workspace);
        for (int s = workspace.Layers.Count - 1; s >= workspace.FirstTrained; s--)
        {
            for (int g = 0; g < subtrees.Count && workspace.Layers[s].IsTrained; g++)
            {
                if (!subtrees[g].IsEmpty)
                {
                    workspace.ParameterGradient(s, run, subtrees[g]);
                }
            }

            if (s > workspace.FirstTrained)
            {
                workspace.InputGradient(s, run);
            }
        }
    }

    /// <summary>
    /// Ends a training step: updates untrained parameters, such as running averages, from what was recorded about its leaves.
    /// </summary>
    /// <param name="statistics">What the layers recorded.</param>
    /// <param name="cut">The step's leaves.</param>
    /// <param name="weights">The flat buffer of all weights.</param>
    public void TakeStatistics(LeafStatistics statistics, LeafCut cut, Span<float> weights)
    {
        for (int l = 0; l < Layers.Count && Layout.StatisticsLength > 0; l++)
        {
            Layers[l].TakeStatistics(statistics, cut, weights);
        }
    }

    private void CheckWorkspace(Workspace workspace)
    {
        if (workspace.Layers[0].Input.Stride != Input.Stride || workspace.Layers[^1].Output.Stride != Output.Stride)
        {
            throw new ArgumentException("The workspace belongs to a different network.", nameof(workspace));
        }
    }

    private static void CheckName(string name, HashSet<string> names)
    {
        if (!names.Add(name))
        {
            throw new LayerMisfitException("another layer has the same name; names must be unique.");
        }
    }

    /// <summary>Throws if a layer needs more memory than can be addressed, so that every network that is built can run.</summary>
    private static void CheckMemory(IEnumerable<Layer> steps)
    {
        KernelSet kernels = KernelSet.For(AnyVectors);
        foreach (Layer step in steps)
        {
            _ = step.SavedBytes;
            ArgumentOutOfRangeException.ThrowIfGreaterThan(step.ScratchLength(kernels), AlignedBuffer.MaxLength);
        }
    }

    /// <summary>
    /// The chain of shapes with the failing layer marked: <c>input 1×28×28 → conv1 8×26×26 → [dense1 ✗]: dense needs …</c>
    /// </summary>
    private static string Explain(Shape input, List<NetworkBlock> blocks, string name, LayerOptions options, Exception misfit)
    {
        string chain = string.Concat(blocks.Select(block => $"{block.Name} {block.Output} → "));
        string reason = misfit is LayerMisfitException ? misfit.Message : $"{options.Type} {options.Summary} is larger than this program can hold (2³¹ − 1 values).";
        return $"Model:Layers do not fit together: input {input} → {chain}[{options.Type} '{name}' ✗]: {reason}";
    }
}
