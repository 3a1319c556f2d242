using ConvNN.Kernels;
using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Checking;
using ConvNN.Model.Layers;
using ConvNN.Model.Losses;
using ConvNN.Model.Networks;
using ConvNN.Model.Parameters;
using ConvNN.Model.Samples;

namespace ConvNN.Model.Tests.Layers;

/// <summary>
/// A layer amid random operands and the loss Σ r·y with fixed random r. All values are small multiples of ¼ and every
/// drop-out scale a power of two, so that each sum has an exact float: losses and gradients come without a rounding.
/// </summary>
public sealed class LayerProbe
{
    private const ulong Seed = 3;
    private const int Epoch = 1;

    private readonly Shape _input;
    private readonly int _batch;
    private readonly float[] _images;
    private readonly float[] _weights;
    private readonly float[] _factors;
    private readonly int[] _indices;
    private readonly LeafStatistics _statistics;

    public LayerProbe(LayerCase layerCase, int batch, int seed, KernelTier tier)
        : this(Network.Build(layerCase.Input, [.. layerCase.Before, layerCase.Options]), layerCase.Values, largestWeight: 2, batch, seed, tier)
    {
    }

    /// <param name="network">The layer or layers.</param>
    /// <param name="content">What the input holds.</param>
    /// <param name="largestWeight">Weights are whole numbers up to this; of several layers they must stay small for sums to stay exact.</param>
    /// <param name="batch">Number of samples.</param>
    /// <param name="seed">Seed of the operands.</param>
    /// <param name="tier">The kernels.</param>
    public LayerProbe(Network network, ProbeValues content, int largestWeight, int batch, int seed, KernelTier tier)
    {
        Random random = new(seed);
        _input = network.Input;
        _batch = batch;
        Network = network;
        Kernels = KernelSet.For(tier);
        Workspace = new Workspace(Network, batch, Kernels);
        _statistics = new LeafStatistics(network.Layout, leaves: 1);
        int distinct = 0;
        int[] order = [.. Enumerable.Range(-batch * _input.Count / 2, batch * _input.Count)];
        random.Shuffle(order);
        _images = Rows(_input, () => content switch
        {
            ProbeValues.Halves => random.Next(-3, 3) + 0.5f,
            ProbeValues.Sixteenths => (random.Next(-20, 20) + 0.5f) / 8,
            _ => order[distinct++],
        });
        _factors = Rows(Network.Output, () => random.Next(1, 9) * (random.Next(2) - 0.5f));
        _indices = [.. Enumerable.Range(0, batch).Select(_ => random.Next(1000))];
        _weights = new float[Network.Layout.Length];
        foreach (Parameter parameter in Network.Layout.Parameters)
        {
            // Odd quarters in the bias over whole half-products keep what a rectifier sees away from its kink.
            for (int row = 0; row < parameter.Rows; row++)
            {
                foreach (ref float value in parameter.Row(_weights.AsSpan(), row))
                {
                    value = parameter.Key.Name switch
                    {
                        "bias" => random.Next(-4, 4) + 0.25f,
                        "running_var" => random.Next(1, 5),
                        _ => random.Next(-largestWeight, largestWeight + 1),
                    };
                }
            }
        }
    }

    public Network Network { get; }

    public KernelSet Kernels { get; }

    public Workspace Workspace { get; }

    public float[] Images => _images;

    public float[] Weights => _weights;

    /// <summary>Number of inputs and parameters; the inputs come first.</summary>
    public int Count => (_batch * _input.Count) + (int)Network.Layout.TrainedCount;

    /// <summary>The outputs of all samples, rows with their padding.</summary>
    public float[] Forward(bool isTraining = true) => Forward(Workspace, 0, _batch, isTraining);

    /// <summary>The outputs of a run of the samples, in any workspace.</summary>
    public float[] Forward(Workspace workspace, int first, int end, bool isTraining = true) =>
        [.. Network.Forward(Run(first, end, isTraining), workspace)];

    /// <summary>Gradients by the inputs of a run of samples, rows with their padding, after a forward pass of the same run.</summary>
    public float[] InputGradients(Workspace workspace, int first, int end)
    {
        SampleRun run = Run(first, end, isTraining: true);
        float[] dy = _factors[(first * Network.Output.Stride)..(end * Network.Output.Stride)];
        float[][] gradients = new float[workspace.Layers.Count][];
        for (int s = workspace.Layers.Count - 1; s >= 0; s--)
        {
            gradients[s] = dy;
            float[] dx = new float[run.Count * workspace.Layers[s].Input.Stride];
            workspace.Layers[s].InputGradient(workspace.Input(s, run), workspace.Output(s, run), dy, dx, workspace.Context(s, run));
            workspace.Layers[s].Input.ClearPadding(dx, run.Count);
            foreach (int shortcut in workspace.ShortcutsFrom(s))
            {
                ((Residual)workspace.Layers[shortcut]).AddShortcutGradient(gradients[shortcut], dx, workspace.Context(shortcut, run));
            }

            dy = dx;
        }

        return dy;
    }

    /// <summary>Gradients of the parameters, laid out as the weights.</summary>
    /// <param name="leaves">The leaves of the batch; one where a layer looks at a leaf as a whole.</param>
    public float[] ParameterGradients(int leaves = 8)
    {
        leaves = Network.MinLeafSamples > 1 ? 1 : leaves;
        SubtreeGradient gradient = new(0, leaves, Network.Layout.TrainedLength);
        gradient.Cut(new LeafCut(_batch, leaves), firstSample: 0);
        _ = Forward();
        _factors.CopyTo(Workspace.OutputGradient(_batch));
        Network.Backward(Run(0, _batch, isTraining: true), Workspace, [gradient]);
        return [.. gradient.Values];
    }

    /// <summary>All gradients: inputs first, then parameters.</summary>
    public float[] Gradients()
    {
        float[] parameters = ParameterGradients();
        _ = Forward();
        float[] inputs = InputGradients(Workspace, 0, _batch);
        return [.. Enumerable.Range(0, Count).Select(i => Place(i) is var (isInput, at) && isInput ? inputs[at] : parameters[at])];
    }

    /// <summary>The loss with one input or parameter moved by <paramref name="step"/>.</summary>
    public double LossWith(int i, float step)
    {
        (bool isInput, int at) = Place(i);
        float[] values = isInput ? _images : _weights;
        float before = values[at];
        values[at] += step;
        float[] y = Forward();
        values[at] = before;
        double loss = 0;
        for (int k = 0; k < y.Length; k++)
        {
            loss += (double)_factors[k] * y[k];         // r is zero where the padding is
        }

        return loss;
    }

    /// <summary>The loss by the definition in double precision, with one input or parameter moved by <paramref name="step"/>.</summary>
    public double DefinedLossWith(int i, double step)
    {
        (bool isInput, int at) = Place(i);
        double[] images = [.. _images.Select(value => (double)value)], weights = [.. _weights.Select(value => (double)value)];
        (isInput ? images : weights)[at] += step;
        double loss = 0;
        foreach ((int n, double[] y) in Define(images, weights, isTraining: true).Index())
        {
            for (int k = 0; k < y.Length; k++)
            {
                loss += _factors[(n * Network.Output.Stride) + k] * y[k];
            }
        }

        return loss;
    }

    /// <summary>The outputs of all samples by the definition in double precision, without padding.</summary>
    public double[][] Define(bool isTraining) =>
        Define([.. _images.Select(value => (double)value)], [.. _weights.Select(value => (double)value)], isTraining);

    /// <summary>What number <paramref name="i"/> is: <c>x[12]</c>, <c>conv1.weight[3]</c>.</summary>
    public string NameOf(int i) => Place(i) is var (isInput, at) && isInput ? $"x[{at}]" : Network.Layout.Describe(at);

    /// <summary>The samples of a run, to be passed through the network in training or evaluation.</summary>
    public SampleRun Run(int first, int end, bool isTraining) => new()
    {
        Images = _images.AsSpan((first * _input.Stride)..(end * _input.Stride)),
        Labels = new byte[end - first],
        Indices = _indices.AsSpan(first..end),
        Weights = _weights,
        IsTraining = isTraining,
        Seed = Seed,
        Epoch = Epoch,
        Leaves = new LeafRun { First = 0, Edges = new[] { 0, end - first }, Statistics = _statistics },
    };

    private double[][] Define(double[] images, double[] weights, bool isTraining)
    {
        CheckedSample[] samples =
        [
            .. Enumerable.Range(0, _batch).Select(n =>
            {
                double[][] inputs = new double[Network.Layers.Count][];
                inputs[0] = images.AsSpan(n * _input.Stride, _input.Count).ToArray();
                return new CheckedSample(0, _indices[n], inputs) { IsTraining = isTraining, Seed = Seed, Epoch = Epoch };
            }),
        ];
        return new DefinedNetwork(Network, new CrossEntropy(), weights).Run(samples);
    }

    private (bool IsInput, int At) Place(int i)
    {
        int inputs = _batch * _input.Count;
        if (i < inputs)
        {
            return (true, (i / _input.Count * _input.Stride) + (i % _input.Count));
        }

        i -= inputs;
        foreach (Parameter parameter in Network.Layout.Parameters)
        {
            if (i < parameter.Count)
            {
                return (false, parameter.Offset + (i / parameter.RowLength * parameter.RowStride) + (i % parameter.RowLength));
            }

            i -= parameter.Count;
        }

        throw new ArgumentOutOfRangeException(nameof(i));
    }

    private float[] Rows(Shape shape, Func<float> next)
    {
        float[] values = new float[_batch * shape.Stride];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = i % shape.Stride < shape.Count ? next() : 0f;
        }

        return values;
    }
}
