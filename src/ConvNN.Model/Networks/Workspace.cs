using ConvNN.Kernels;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Fusion;
using ConvNN.Model.Layers;
using ConvNN.Model.Parameters;
using ConvNN.Model.Samples;

namespace ConvNN.Model.Networks;

/// <summary>
/// Memory for samples on their way through one network, and the steps that take them there: every step's outputs, the
/// gradients by them, and scratch memory for each of those who share it. All of it is allocated here.
/// </summary>
/// <remarks>Calls for runs of samples that do not overlap, by different members, may go on at a time.</remarks>
public sealed class Workspace
{
    private readonly KernelSet _kernels;
    private readonly AlignedBuffer[] _outputs;
    private readonly byte[][] _saved;
    private readonly AlignedBuffer?[] _gradients;
    private readonly AlignedBuffer[] _scratch;

    // The ends of shortcuts, and the steps whose outputs they take up; -1 for the images.
    private readonly (int Step, int Source)[] _shortcuts;

    /// <summary>Allocates memory for up to <paramref name="capacity"/> samples at a time.</summary>
    /// <param name="network">The network.</param>
    /// <param name="capacity">The most samples; at least 1.</param>
    /// <param name="kernels">The kernels that will run.</param>
    /// <param name="members">How many share it.</param>
    /// <exception cref="OverflowException">A buffer would exceed 2³¹ − 1 elements.</exception>
    public Workspace(Network network, int capacity, KernelSet kernels, int members = 1)
        : this(LayerFusion.For(network.Layers, kernels.Tier), capacity, kernels, members)
    {
    }

    /// <summary>Allocates memory for the given steps of a network, fused or not.</summary>
    internal Workspace(IReadOnlyList<Layer> steps, int capacity, KernelSet kernels, int members = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Steps = steps;
        FirstWithParameters = steps.TakeWhile(step => !step.HasParameters).Count();
        _kernels = kernels;
        Capacity = capacity;
        _shortcuts = [.. steps.Index().Where(step => step.Item is Residual)
            .Select(step => (step.Index, steps.TakeWhile(before => before.LastOrdinal <= ((Residual)step.Item).Source).Count() - 1))];
        _outputs = [.. steps.Select(step => new AlignedBuffer(checked(capacity * step.Output.Stride)))];
        _saved = [.. steps.Select(step => new byte[checked(capacity * step.SavedBytes)])];
        _gradients = [.. steps.Select((step, s) => s < FirstWithParameters && s < steps.Count - 1 ? null : new AlignedBuffer(checked(capacity * step.Output.Stride)))];
        _scratch = [.. Enumerable.Range(0, members).Select(_ => new AlignedBuffer(steps.Max(step => step.ScratchLength(kernels))))];
    }

    /// <summary>The most samples.</summary>
    public int Capacity { get; }

    /// <summary>What runs: the network's steps, some of them fused.</summary>
    public IReadOnlyList<Layer> Steps { get; }

    /// <summary>The first step with parameters: no gradient goes further back.</summary>
    public int FirstWithParameters { get; }

    /// <summary>Bytes that a workspace takes: for the plan of a run.</summary>
    /// <param name="network">The network.</param>
    /// <param name="capacity">The most samples.</param>
    /// <param name="kernels">The kernels that will run.</param>
    /// <param name="members">How many share it.</param>
    public static long Bytes(Network network, int capacity, KernelSet kernels, int members = 1)
    {
        IReadOnlyList<Layer> steps = LayerFusion.For(network.Layers, kernels.Tier);
        int withGradient = Math.Max(1, steps.Count - steps.TakeWhile(step => !step.HasParameters).Count());
        long outputs = steps.Sum(step => (sizeof(float) * (long)step.Output.Stride) + step.SavedBytes);
        long gradients = steps.TakeLast(withGradient).Sum(step => sizeof(float) * (long)step.Output.Stride);
        long scratch = steps.Max(step => (long)step.ScratchLength(kernels));
        return (capacity * (outputs + gradients)) + (members * sizeof(float) * scratch);
    }

    /// <summary>The gradient by the network's outputs, [N, Output.Stride]: to be filled before <see cref="Network.Backward"/>.</summary>
    /// <param name="samples">N, the first of the workspace.</param>
    public Span<float> OutputGradient(int samples) => Samples(_gradients[^1]!, Steps.Count - 1, 0, samples);

    /// <summary>What a step reads, [N, Input.Stride].</summary>
    public ReadOnlySpan<float> Input(int step, in SampleRun run) => step == 0 ? run.Images : Output(step - 1, run);

    /// <summary>What a step leaves, [N, Output.Stride].</summary>
    public Span<float> Output(int step, in SampleRun run) => Samples(_outputs[step], step, run.First, run.Count);

    /// <summary>The gradient by what a step leaves, [N, Output.Stride]; there is none before <see cref="FirstWithParameters"/>.</summary>
    public Span<float> Gradient(int step, in SampleRun run) => Samples(_gradients[step]!, step, run.First, run.Count);

    /// <summary>The buffer of <see cref="Gradient"/>, for all samples.</summary>
    public AlignedBuffer GradientBuffer(int step) => _gradients[step]!;

    /// <summary>Runs samples through a step.</summary>
    public void Forward(int step, in SampleRun run) => Steps[step].Forward(Input(step, run), Output(step, run), Context(step, run));

    /// <summary>Takes the gradient back through a step behind <see cref="FirstWithParameters"/>.</summary>
    public void InputGradient(int step, in SampleRun run)
    {
        Span<float> dx = Gradient(step - 1, run);
        Steps[step].InputGradient(Input(step, run), Output(step, run), Gradient(step, run), dx, Context(step, run));
        Steps[step].Input.ClearPadding(dx, run.Count);
        AddShortcuts(step, run);
    }

    /// <summary>Adds to the gradient by a step's input what comes back over shortcuts that begin there.</summary>
    public void AddShortcuts(int step, in SampleRun run)
    {
        foreach ((int end, int source) in _shortcuts)
        {
            if (source == step - 1)
            {
                ((Residual)Steps[end]).AddShortcutGradient(Gradient(end, run), Gradient(source, run), Context(end, run));
            }
        }
    }

    /// <summary>The steps that end shortcuts which begin at the input of a step.</summary>
    internal IEnumerable<int> ShortcutsFrom(int step) => _shortcuts.Where(shortcut => shortcut.Source == step - 1).Select(shortcut => shortcut.Step);

    /// <summary>Sums the parameter gradients of a step over the samples of a subtree, whose edges count from the run's first.</summary>
    public void ParameterGradient(int step, in SampleRun run, SubtreeGradient subtree) =>
        Steps[step].ParameterGradient(Input(step, run), Gradient(step, run), subtree, Context(step, run));

    /// <summary>What a step's call works with.</summary>
    public LayerContext Context(int step, in SampleRun run) => new()
    {
        Run = run,
        Kernels = _kernels,
        Saved = _saved[step].AsSpan(run.First * Steps[step].SavedBytes, run.Count * Steps[step].SavedBytes),
        Scratch = _scratch[run.Member].Span,
        Shortcut = Steps[step] is Residual ? Shortcut(step, run) : default,
    };

    private ReadOnlySpan<float> Shortcut(int step, in SampleRun run)
    {
        int i = 0;
        while (_shortcuts[i].Step != step)
        {
            i++;
        }

        return _shortcuts[i].Source < 0 ? run.Images : Output(_shortcuts[i].Source, run);
    }

    private Span<float> Samples(AlignedBuffer values, int step, int first, int count) =>
        values.Span.Slice(first * Steps[step].Output.Stride, count * Steps[step].Output.Stride);
}
