using ConvNN.Kernels;
using ConvNN.Model.Fusion;
using ConvNN.Model.Layers;

namespace ConvNN.Model;

/// <summary>A worker's own memory for one network: every step's outputs, two gradients that take turns, and scratch. All of it is allocated here.</summary>
public sealed class Workspace
{
    private readonly KernelSet _kernels;
    private readonly AlignedBuffer[] _outputs;
    private readonly byte[][] _saved;
    private readonly AlignedBuffer[] _gradients;
    private readonly AlignedBuffer _scratch;

    /// <summary>Allocates memory for up to <paramref name="capacity"/> samples at a time.</summary>
    /// <param name="network">The network.</param>
    /// <param name="capacity">The most samples of a call; at least 1.</param>
    /// <param name="kernels">The kernels that will run.</param>
    /// <exception cref="OverflowException">A buffer would exceed 2³¹ − 1 elements.</exception>
    public Workspace(Network network, int capacity, KernelSet kernels)
        : this(LayerFusion.For(network.Layers, kernels.Tier), capacity, kernels)
    {
    }

    /// <summary>Allocates memory for the given steps of a network, fused or not.</summary>
    internal Workspace(IReadOnlyList<Layer> steps, int capacity, KernelSet kernels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Steps = steps;
        FirstWithParameters = steps.TakeWhile(step => !step.HasParameters).Count();
        _kernels = kernels;
        Capacity = capacity;
        int widest = steps.Max(step => Math.Max(step.Input.Stride, step.Output.Stride));
        _outputs = [.. steps.Select(step => new AlignedBuffer(checked(capacity * step.Output.Stride)))];
        _saved = [.. steps.Select(step => new byte[checked(capacity * step.SavedBytes)])];
        _gradients = [new AlignedBuffer(checked(capacity * widest)), new AlignedBuffer(checked(capacity * widest))];
        _scratch = new AlignedBuffer(steps.Max(step => step.ScratchLength(kernels)));
    }

    /// <summary>The most samples of a call.</summary>
    public int Capacity { get; }

    /// <summary>What runs: the network's steps, some of them fused.</summary>
    internal IReadOnlyList<Layer> Steps { get; }

    /// <summary>The first step with parameters: no gradient goes further back.</summary>
    internal int FirstWithParameters { get; }

    /// <summary>Bytes that a workspace takes: for the plan of a run.</summary>
    /// <param name="network">The network.</param>
    /// <param name="capacity">The most samples of a call.</param>
    /// <param name="kernels">The kernels that will run.</param>
    public static long Bytes(Network network, int capacity, KernelSet kernels)
    {
        IReadOnlyList<Layer> steps = LayerFusion.For(network.Layers, kernels.Tier);
        long perSample = steps.Sum(step => (sizeof(float) * (long)step.Output.Stride) + step.SavedBytes);
        long widest = steps.Max(step => Math.Max(step.Input.Stride, step.Output.Stride));
        long scratch = steps.Max(step => (long)step.ScratchLength(kernels));
        return (capacity * (perSample + (2 * sizeof(float) * widest))) + (sizeof(float) * scratch);
    }

    /// <summary>The gradient by the network's outputs, [N, Output.Stride]: to be filled before <see cref="Network.Backward"/>.</summary>
    /// <param name="samples">N.</param>
    public Span<float> OutputGradient(int samples) => GradientAt(Steps.Count, samples * Steps[^1].Output.Stride);

    /// <summary>Sets the floats between the samples to zero, as kernels expect them.</summary>
    /// <param name="values">[N, shape.Stride].</param>
    /// <param name="shape">The shape of a sample.</param>
    /// <param name="samples">N.</param>
    public static void ClearPadding(Span<float> values, Shape shape, int samples)
    {
        for (int n = 0; n < samples && shape.Count < shape.Stride; n++)
        {
            values.Slice((n * shape.Stride) + shape.Count, shape.Stride - shape.Count).Clear();
        }
    }

    internal ReadOnlySpan<float> InputOf(int step, in SampleRun run) => step == 0 ? run.Images : OutputOf(step - 1, run.Count);

    internal Span<float> OutputOf(int step, int samples) => _outputs[step].Span[..(samples * Steps[step].Output.Stride)];

    internal Span<float> InputGradientOf(int step, int samples) => GradientAt(step, samples * Steps[step].Input.Stride);

    internal LayerContext Context(int step, in SampleRun run) => new()
    {
        Run = run,
        Kernels = _kernels,
        Saved = _saved[step].AsSpan(0, run.Count * Steps[step].SavedBytes),
        Scratch = _scratch.Span,
    };

    // The gradient before a step and the one behind it live in different buffers.
    private Span<float> GradientAt(int boundary, int length) => _gradients[boundary % 2].Span[..length];
}
