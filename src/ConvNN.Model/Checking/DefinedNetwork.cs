using ConvNN.Model.Layers;
using ConvNN.Model.Losses;

namespace ConvNN.Model.Checking;

/// <summary>A network as its layers define it, in double precision and one sample at a time. For one thread.</summary>
/// <param name="network">The network.</param>
/// <param name="loss">The loss.</param>
/// <param name="weights">The weights; not copied, so that a caller can move one of them.</param>
internal sealed class DefinedNetwork(Network network, ILoss loss, double[] weights)
{
    private readonly double[][] _outputs = [.. network.Layers.Select(layer => new double[layer.Output.Count])];
    private readonly ChoiceTrail _choices = new();

    /// <summary>The loss of a sample, and the choices on the way.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="from">The layer to begin at.</param>
    /// <param name="x">The input of that layer, [Count].</param>
    public (double Loss, ulong Choices) Loss(CheckedSample sample, int from, ReadOnlySpan<double> x)
    {
        _choices.Clear();
        for (int l = from; l < network.Layers.Count; l++)
        {
            network.Layers[l].Define(x, _outputs[l], Context(sample));
            x = _outputs[l];
        }

        return (loss.Define(x, sample.Label), _choices.Value);
    }

    /// <summary>The choices of one layer, given its input.</summary>
    public ulong Choices(CheckedSample sample, int layer, ReadOnlySpan<double> x)
    {
        _choices.Clear();
        network.Layers[layer].Define(x, _outputs[layer], Context(sample));
        return _choices.Value;
    }

    /// <summary>The output of a layer in the last pass.</summary>
    public ReadOnlySpan<double> OutputOf(int layer) => _outputs[layer];

    private DefinitionContext Context(CheckedSample sample) => new()
    {
        Weights = weights,
        IsTraining = sample.IsTraining,
        Seed = sample.Seed,
        Epoch = sample.Epoch,
        Index = sample.Index,
        Choices = _choices,
    };
}
