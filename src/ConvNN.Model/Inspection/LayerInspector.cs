using ConvNN.Kernels;
using ConvNN.Kernels.Sums;
using ConvNN.Model.Layers;
using ConvNN.Model.Losses;
using ConvNN.Model.Networks;
using ConvNN.Model.Parameters;
using ConvNN.Model.Samples;

namespace ConvNN.Model.Inspection;

/// <summary>
/// Inspects a network: runs training batches through it on the calling thread, without an update, and records the norm of
/// each layer's gradient and which rectified units are alive. Gradients have the same bits as in a training step. Only the
/// inspector's own memory changes; even running averages stay as they are.
/// </summary>
public sealed class LayerInspector
{
    private readonly Network _network;
    private readonly ILoss _loss;
    private readonly KernelSet _kernels;
    private readonly Workspace _workspace;
    private readonly SubtreeGradient _gradient;
    private readonly LeafStatistics _statistics;
    private readonly double[] _gradientNorms;
    private readonly (int Step, bool[] IsAlive)[] _rectifiers;
    private int _batches;

    /// <summary>Allocates memory for one batch.</summary>
    /// <param name="network">The network.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="capacity">The maximum number of samples in a batch.</param>
    /// <param name="leaves">P, the number of leaves in a batch.</param>
    /// <param name="kernels">The kernels to run; all give the same figures.</param>
    public LayerInspector(Network network, ILoss loss, int capacity, int leaves, KernelSet kernels)
    {
        _network = network;
        _loss = loss;
        _kernels = kernels;

        // The plain layers: a fused one does not expose the output of its rectifier.
        _workspace = new Workspace(network.Layers, capacity, kernels);
        _gradient = new SubtreeGradient(0, leaves, network.Layout.TrainedLength);
        _statistics = new LeafStatistics(network.Layout, leaves);
        _gradientNorms = new double[network.Blocks.Count];
        _rectifiers = [.. network.Layers.Index().Where(layer => layer.Item is Relu).Select(layer => (layer.Index, new bool[UnitsOf(layer.Item.Output)]))];
    }

    /// <summary>The memory of an inspector, in bytes.</summary>
    /// <param name="network">The network.</param>
    /// <param name="capacity">The maximum number of samples in a batch.</param>
    /// <param name="kernels">The kernels to run.</param>
    public static long Bytes(Network network, int capacity, KernelSet kernels)
    {
        ArgumentNullException.ThrowIfNull(network);
        return Workspace.Bytes(network.Layers, capacity, kernels) + (sizeof(float) * (long)network.Layout.TrainedLength);
    }

    /// <summary>Number of samples inspected.</summary>
    public int Samples { get; private set; }

    /// <summary>Discards everything recorded.</summary>
    public void Clear()
    {
        (_batches, Samples) = (0, 0);
        Array.Clear(_gradientNorms);
        Array.ForEach(_rectifiers, rectifier => Array.Clear(rectifier.IsAlive));
    }

    /// <summary>Runs a batch through the network, forward and backward.</summary>
    /// <param name="batch">The samples, in training mode and at most as many as the capacity, and the weights.</param>
    public void Add(in SampleRun batch)
    {
        LeafCut cut = new(batch.Count, _statistics.Leaves);
        _gradient.Cut(cut, firstSample: 0);
        SampleRun run = batch with { Leaves = new LeafRun { First = 0, Edges = _gradient.Edges, Statistics = _statistics } };
        _network.Forward(run, _workspace);
        foreach ((int step, bool[] isAlive) in _rectifiers)
        {
            NoteAlive(_workspace.Output(step, run), _network.Layers[step].Output, isAlive);
        }

        _loss.Fill(_workspace, run);
        _network.Backward(run, _workspace, [_gradient]);
        _kernels.Elementwise.Scale(_gradient.Values, 1f / run.Count);
        for (int b = 0; b < _gradientNorms.Length; b++)
        {
            _gradientNorms[b] += NormOf(ParametersOf(b), _gradient.Values);
        }

        _batches++;
        Samples += run.Count;
    }

    /// <summary>The results for each layer with trained parameters or a rectifier, in network order.</summary>
    /// <param name="weights">The flat buffer of all weights.</param>
    public IReadOnlyList<LayerInsight> Read(ReadOnlySpan<float> weights)
    {
        List<LayerInsight> insights = [];
        for (int b = 0; b < _gradientNorms.Length; b++)
        {
            string name = _network.Blocks[b].Name;
            bool hasParameters = ParametersOf(b).Any();
            bool[] units = [.. _rectifiers.Where(rectifier => _network.Layers[rectifier.Step].Name == name).SelectMany(rectifier => rectifier.IsAlive)];
            if (hasParameters || units.Length > 0)
            {
                insights.Add(new LayerInsight(
                    name,
                    hasParameters ? _gradientNorms[b] / Math.Max(1, _batches) : null,
                    hasParameters ? NormOf(ParametersOf(b), weights) : null,
                    units.Length,
                    units.Count(isAlive => !isAlive)));
            }
        }

        return insights;
    }

    private IEnumerable<Parameter> ParametersOf(int block) =>
        _network.Layout.Parameters.Where(parameter => parameter.IsTrained && parameter.Key.Layer == _network.Blocks[block].Name);

    private static int UnitsOf(Shape shape) => shape.IsVector ? shape.Count : shape.Channels;

    private static void NoteAlive(ReadOnlySpan<float> outputs, Shape shape, Span<bool> isAlive)
    {
        int positions = shape.Count / isAlive.Length;
        for (int start = 0; start < outputs.Length; start += shape.Stride)
        {
            for (int unit = 0; unit < isAlive.Length; unit++)
            {
                isAlive[unit] = isAlive[unit] || outputs.Slice(start + (unit * positions), positions).ContainsAnyExcept(0f);
            }
        }
    }

    /// <summary>Sums one element after the other in double precision; the padding of rows is 0.</summary>
    private static double NormOf(IEnumerable<Parameter> parameters, ReadOnlySpan<float> values)
    {
        double squares = 0;
        foreach (Parameter parameter in parameters)
        {
            foreach (float value in values.Slice(parameter.Offset, parameter.Length))
            {
                squares += (double)value * value;
            }
        }

        return Math.Sqrt(squares);
    }
}
