using ConvNN.Model.Layers;
using ConvNN.Model.Losses;
using ConvNN.Model.Networks;

namespace ConvNN.Model.Checking;

/// <summary>The definition of a network in double precision, for the samples of one leaf. Not thread-safe.</summary>
/// <param name="network">The network.</param>
/// <param name="loss">The loss.</param>
/// <param name="weights">The weights; not copied, so that a caller can move one of them.</param>
internal sealed class DefinedNetwork(Network network, ILoss loss, double[] weights)
{
    private readonly ChoiceTrail _choices = new();

    // The outputs of each layer in the current pass, for shortcuts.
    private readonly double[][][] _outputs = new double[network.Layers.Count][][];

    /// <summary>The summed loss of the settled samples, and the branches taken by all samples.</summary>
    /// <param name="samples">The samples, with their inputs to the first layer to run.</param>
    /// <param name="from">The first layer to run.</param>
    public (double Loss, ulong Choices) Loss(IReadOnlyList<CheckedSample> samples, int from)
    {
        _choices.Clear();
        double[][] x = [.. samples.Select(sample => sample.Inputs[from])];
        for (int l = from; l < network.Layers.Count; l++)
        {
            x = Outputs(samples, l, x, from);
        }

        double sum = 0;
        for (int n = 0; n < samples.Count; n++)
        {
            sum += samples[n].IsSettled ? loss.Define(x[n], samples[n].Label) : 0;
        }

        return (sum, _choices.Value);
    }

    /// <summary>Runs samples through the network and stores each layer's inputs in them.</summary>
    /// <param name="samples">The samples, with the images as inputs to the first layer.</param>
    /// <returns>The network's outputs.</returns>
    public double[][] Run(IReadOnlyList<CheckedSample> samples)
    {
        double[][] x = [.. samples.Select(sample => sample.Inputs[0])];
        for (int l = 0; l < network.Layers.Count; l++)
        {
            for (int n = 0; n < samples.Count; n++)
            {
                samples[n].Inputs[l] = x[n];
            }

            x = Outputs(samples, l, x, from: 0);
        }

        return x;
    }

    /// <summary>The branches that one layer takes, given its input.</summary>
    public ulong Choices(CheckedSample sample, int layer, ReadOnlySpan<double> x)
    {
        _choices.Clear();
        network.Layers[layer].Define(x, new double[network.Layers[layer].Output.Count], Context(sample, ShortcutOf(layer, sample)));
        return _choices.Value;
    }

    private double[][] Outputs(IReadOnlyList<CheckedSample> samples, int layer, double[][] x, int from)
    {
        double[][] y = [.. samples.Select(_ => new double[network.Layers[layer].Output.Count])];
        network.Layers[layer].DefineLeaf(x, y, n => Context(
            samples[n],
            network.Layers[layer] is Residual { Source: int source } && source >= from ? _outputs[source][n] : ShortcutOf(layer, samples[n])));
        return _outputs[layer] = y;
    }

    /// <summary>A layer's shortcut if its source is before the pass: the input of the layer after the source.</summary>
    private double[] ShortcutOf(int layer, CheckedSample sample) => network.Layers[layer] is Residual residual ? sample.Inputs[residual.Source + 1] : [];

    private DefinitionContext Context(CheckedSample sample, double[] shortcut) => new()
    {
        Weights = weights,
        IsTraining = sample.IsTraining,
        Seed = sample.Seed,
        Epoch = sample.Epoch,
        Index = sample.Index,
        Choices = _choices,
        Shortcut = shortcut,
    };
}
