using ConvNN.Kernels;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Layers;
using ConvNN.Model.Parameters;
using ConvNN.Model.Samples;

namespace ConvNN.Model.Networks;

/// <summary>
/// The layers of a network as executed, and the memory to run samples through them: every layer's outputs, the gradients
/// with respect to them, and scratch memory for each member that shares the workspace. All of it is allocated up front.
/// </summary>
/// <remarks>Different members may call it concurrently for runs of samples that do not overlap.</remarks>
public sealed class Workspace
{
    private readonly KernelSet _kernels;
    private readonly AlignedBuffer[] _outputs;
    private readonly byte[][] _saved;
    private readonly AlignedBuffer?[] _gradients;
    private readonly AlignedBuffer[] _scratch;

    // The layers that end shortcuts, and the layers whose outputs they add; -1 for the images.
    private readonly (int Layer, int Source)[] _shortcuts;

    /// <summary>Allocates memory for up to <paramref name="capacity"/> samples at a time.</summary>
    /// <param name="network">The network.</param>
    /// <param name="capacity">The maximum number of samples; at least 1.</param>
    /// <param name="kernels">The kernels that will run.</param>
    /// <param name="members">How many members share it.</param>
    /// <exception cref="OverflowException">A buffer would exceed 2³¹ − 1 elements.</exception>
    public Workspace(Network network, int capacity, KernelSet kernels, int members = 1)
        : this(network.Executed(kernels.Tier), capacity, kernels, members)
    {
    }

    /// <summary>Allocates memory for the given layers of a network, fused or not.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="capacity">The maximum number of samples.</param>
    /// <param name="kernels">The kernels that will run.</param>
    /// <param name="members">How many members share it.</param>
    /// <param name="toImages">Whether the gradient goes back to the images, and not only to the first layer that is trained.</param>
    internal Workspace(IReadOnlyList<Layer> layers, int capacity, KernelSet kernels, int members = 1, bool toImages = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Layers = layers;
        FirstTrained = toImages ? 0 : layers.TakeWhile(layer => !layer.IsTrained).Count();
        _kernels = kernels;
        Capacity = capacity;
        _shortcuts = [.. layers.Index().Where(layer => layer.Item is Residual)
            .Select(layer => (layer.Index, layers.TakeWhile(before => before.LastOrdinal <= ((Residual)layer.Item).Source).Count() - 1))];
        _outputs = [.. layers.Select(layer => new AlignedBuffer(checked(capacity * layer.Output.Stride)))];
        _saved = [.. layers.Select(layer => new byte[checked(capacity * layer.SavedBytes)])];
        _gradients = [.. layers.Select((layer, s) => s < FirstTrained && s < layers.Count - 1 ? null : new AlignedBuffer(checked(capacity * layer.Output.Stride)))];
        _scratch = [.. Enumerable.Range(0, members).Select(_ => new AlignedBuffer(layers.Max(layer => layer.ScratchLength(kernels))))];
    }

    /// <summary>The maximum number of samples.</summary>
    public int Capacity { get; }

    /// <summary>The layers as executed; some are fused.</summary>
    public IReadOnlyList<Layer> Layers { get; }

    /// <summary>The first layer with parameters that are not frozen: no gradient goes further back.</summary>
    public int FirstTrained { get; }

    /// <summary>The size of a workspace in bytes, for planning a run.</summary>
    /// <param name="network">The network.</param>
    /// <param name="capacity">The maximum number of samples.</param>
    /// <param name="kernels">The kernels that will run.</param>
    /// <param name="members">How many members share it.</param>
    public static long Bytes(Network network, int capacity, KernelSet kernels, int members = 1) =>
        Bytes(network.Executed(kernels.Tier), capacity, kernels, members);

    /// <summary>The size of a workspace for the given layers of a network, fused or not.</summary>
    internal static long Bytes(IReadOnlyList<Layer> layers, int capacity, KernelSet kernels, int members = 1)
    {
        int withGradient = Math.Max(1, layers.Count - layers.TakeWhile(layer => !layer.IsTrained).Count());
        long outputs = layers.Sum(layer => (sizeof(float) * (long)layer.Output.Stride) + layer.SavedBytes);
        long gradients = layers.TakeLast(withGradient).Sum(layer => sizeof(float) * (long)layer.Output.Stride);
        long scratch = layers.Max(layer => (long)layer.ScratchLength(kernels));
        return (capacity * (outputs + gradients)) + (members * sizeof(float) * scratch);
    }

    /// <summary>
    /// The gradient with respect to the network's outputs, [N, Output.Stride]; fill it before <see cref="Network.Backward"/>.
    /// </summary>
    /// <param name="samples">N, the number of samples at the start of the workspace.</param>
    public Span<float> OutputGradient(int samples) => Samples(_gradients[^1]!, Layers.Count - 1, 0, samples);

    /// <summary>The input of a layer, [N, Input.Stride].</summary>
    public ReadOnlySpan<float> Input(int layer, in SampleRun run) => layer == 0 ? run.Images : Output(layer - 1, run);

    /// <summary>The output of a layer, [N, Output.Stride].</summary>
    public Span<float> Output(int layer, in SampleRun run) => Samples(_outputs[layer], layer, run.First, run.Count);

    /// <summary>The gradient with respect to a layer's output, [N, Output.Stride]; none before <see cref="FirstTrained"/>.</summary>
    public Span<float> Gradient(int layer, in SampleRun run) => Samples(_gradients[layer]!, layer, run.First, run.Count);

    /// <summary>The buffer of <see cref="Output"/>, for all samples.</summary>
    public AlignedBuffer OutputBuffer(int layer) => _outputs[layer];

    /// <summary>Runs samples through a layer.</summary>
    public void Forward(int layer, in SampleRun run) => Layers[layer].Forward(Input(layer, run), Output(layer, run), Context(layer, run));

    /// <summary>Propagates the gradient back through a layer after <see cref="FirstTrained"/>.</summary>
    public void InputGradient(int layer, in SampleRun run)
    {
        Span<float> dx = Gradient(layer - 1, run);
        Layers[layer].InputGradient(Input(layer, run), Output(layer, run), Gradient(layer, run), dx, Context(layer, run));
        Layers[layer].Input.ClearPadding(dx, run.Count);
        AddShortcuts(layer, run);
    }

    /// <summary>Computes the gradient with respect to the images, after that of the first layer's output.</summary>
    /// <param name="run">The samples.</param>
    /// <param name="dx">Receives the gradient, [N, Input.Stride].</param>
    internal void ImageGradient(in SampleRun run, Span<float> dx)
    {
        Layers[0].InputGradient(run.Images, Output(0, run), Gradient(0, run), dx, Context(0, run));
        foreach (int end in ShortcutsFrom(0))
        {
            ((Residual)Layers[end]).AddShortcutGradient(Gradient(end, run), dx, Context(end, run));
        }
    }

    /// <summary>Adds the gradients of shortcuts that start at a layer's input to the gradient with respect to that input.</summary>
    public void AddShortcuts(int layer, in SampleRun run)
    {
        foreach ((int end, int source) in _shortcuts)
        {
            if (source == layer - 1)
            {
                ((Residual)Layers[end]).AddShortcutGradient(Gradient(end, run), Gradient(source, run), Context(end, run));
            }
        }
    }

    /// <summary>The layers that end the shortcuts from the input of a layer.</summary>
    internal IEnumerable<int> ShortcutsFrom(int layer) => _shortcuts.Where(shortcut => shortcut.Source == layer - 1).Select(shortcut => shortcut.Layer);

    /// <summary>
    /// Sums the parameter gradients of a layer over the samples of a subtree, whose edges are relative to the run's first.
    /// </summary>
    public void ParameterGradient(int layer, in SampleRun run, SubtreeGradient subtree) =>
        Layers[layer].ParameterGradient(Input(layer, run), Gradient(layer, run), subtree, Context(layer, run));

    /// <summary>The context of a layer's call.</summary>
    public LayerContext Context(int layer, in SampleRun run) => new()
    {
        Run = run,
        Kernels = _kernels,
        Saved = _saved[layer].AsSpan(run.First * Layers[layer].SavedBytes, run.Count * Layers[layer].SavedBytes),
        Scratch = _scratch[run.Member].Span,
        Shortcut = Layers[layer] is Residual ? Shortcut(layer, run) : default,
    };

    private ReadOnlySpan<float> Shortcut(int layer, in SampleRun run)
    {
        int i = 0;
        while (_shortcuts[i].Layer != layer)
        {
            i++;
        }

        return _shortcuts[i].Source < 0 ? run.Images : Output(_shortcuts[i].Source, run);
    }

    private Span<float> Samples(AlignedBuffer values, int layer, int first, int count) =>
        values.Span.Slice(first * Layers[layer].Output.Stride, count * Layers[layer].Output.Stride);
}
