using ConvNN.Kernels;
using ConvNN.Model.Layers;

namespace ConvNN.Model;

/// <summary>A worker's own memory for one network: every step's outputs, two gradients that take turns, and scratch. All of it is allocated here.</summary>
public sealed class Workspace
{
    private readonly Network _network;
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
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _network = network;
        _kernels = kernels;
        Capacity = capacity;
        int widest = network.Layers.Max(layer => Math.Max(layer.Input.Stride, layer.Output.Stride));
        _outputs = [.. network.Layers.Select(layer => new AlignedBuffer(checked(capacity * layer.Output.Stride)))];
        _saved = [.. network.Layers.Select(layer => new byte[checked(capacity * layer.SavedBytes)])];
        _gradients = [new AlignedBuffer(checked(capacity * widest)), new AlignedBuffer(checked(capacity * widest))];
        _scratch = new AlignedBuffer(network.Layers.Max(layer => layer.ScratchLength(kernels)));
    }

    /// <summary>The most samples of a call.</summary>
    public int Capacity { get; }

    /// <summary>Bytes that a workspace takes: for the plan of a run.</summary>
    /// <param name="network">The network.</param>
    /// <param name="capacity">The most samples of a call.</param>
    /// <param name="kernels">The kernels that will run.</param>
    public static long Bytes(Network network, int capacity, KernelSet kernels)
    {
        long perSample = network.Layers.Sum(layer => (sizeof(float) * (long)layer.Output.Stride) + layer.SavedBytes);
        long widest = network.Layers.Max(layer => Math.Max(layer.Input.Stride, layer.Output.Stride));
        long scratch = network.Layers.Max(layer => (long)layer.ScratchLength(kernels));
        return (capacity * (perSample + (2 * sizeof(float) * widest))) + (sizeof(float) * scratch);
    }

    /// <summary>The gradient by the network's outputs, [N, Output.Stride]: to be filled before <see cref="Network.Backward"/>.</summary>
    /// <param name="samples">N.</param>
    public Span<float> OutputGradient(int samples) => GradientAt(_network.Layers.Count, samples * _network.Output.Stride);

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

    internal ReadOnlySpan<float> InputOf(int layer, in SampleRun run) => layer == 0 ? run.Images : OutputOf(layer - 1, run.Count);

    internal Span<float> OutputOf(int layer, int samples) => _outputs[layer].Span[..(samples * _network.Layers[layer].Output.Stride)];

    internal Span<float> InputGradientOf(int layer, int samples) => GradientAt(layer, samples * _network.Layers[layer].Input.Stride);

    internal LayerContext Context(int layer, in SampleRun run) => new()
    {
        Run = run,
        Kernels = _kernels,
        Saved = _saved[layer].AsSpan(0, run.Count * _network.Layers[layer].SavedBytes),
        Scratch = _scratch.Span,
    };

    // The gradient before a step and the one behind it live in different buffers.
    private Span<float> GradientAt(int boundary, int length) => _gradients[boundary % 2].Span[..length];
}
