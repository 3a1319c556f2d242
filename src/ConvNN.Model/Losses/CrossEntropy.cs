using ConvNN.Kernels;
using ConvNN.Model.Options;

namespace ConvNN.Model.Losses;

/// <summary>Cross-entropy of a softmax (PyTorch <c>nn.CrossEntropyLoss</c>), in nats.</summary>
public sealed class CrossEntropy : ILoss
{
    /// <inheritdoc/>
    public string Name => "cross-entropy";

    /// <inheritdoc/>
    public void Check(Network network)
    {
        if (!network.EndsInSoftmax)
        {
            throw new ConfigurationException(
                $"Training:Loss is {Name}, which needs probabilities: give the last layer '{network.Blocks[^1].Name}' the Activation softmax.");
        }
    }

    /// <inheritdoc/>
    public float Evaluate(ReadOnlySpan<float> outputs, int label, Span<float> gradient) =>
        SoftmaxKernels.CrossEntropy(outputs, label, gradient);

    /// <inheritdoc/>
    public double Define(ReadOnlySpan<double> outputs, int label)
    {
        double max = double.NegativeInfinity;
        foreach (double output in outputs)
        {
            max = Math.Max(max, output);
        }

        double sum = 0;
        foreach (double output in outputs)
        {
            sum += Elementary.Exp(output - max);
        }

        return Elementary.Log(sum) - (outputs[label] - max);
    }
}
