using ConvNN.Kernels.Functions;
using ConvNN.Kernels.Losses;
using ConvNN.Model.Networks;
using ConvNN.Model.Options;

namespace ConvNN.Model.Losses;

/// <summary>Options of <see cref="CrossEntropy"/>.</summary>
public sealed record CrossEntropyOptions : LossOptions
{
    /// <summary>The registration.</summary>
    public static TypeDefinition<LossOptions> Registration { get; } = new(
        "cross-entropy",
        "Cross-entropy of a softmax, in nats.",
        () => new CrossEntropyOptions(),
        Option.Of(
            "LabelSmoothing",
            ValueKinds.Share,
            (CrossEntropyOptions o) => o.LabelSmoothing,
            (o, v) => o with { LabelSmoothing = v },
            "fraction of the target that is spread evenly over all classes, also in the loss of an evaluation"));

    /// <summary>ε, the fraction of the target that is spread evenly over all classes.</summary>
    public double LabelSmoothing { get; init => field = Checked(value); }

    /// <inheritdoc/>
    public override TypeDefinition Definition => Registration;

    /// <inheritdoc/>
    public override ILoss Create(Network network) => network.EndsInSoftmax
        ? new CrossEntropy((float)LabelSmoothing)
        : throw new ConfigurationException(Failure.At(
            Section, $"is {Type}, which needs probabilities: give the last layer '{network.Blocks[^1].Name}' the Activation softmax."));
}

/// <summary>
/// Cross-entropy of a softmax, <c>−Σ_k t[k] · log p[k]</c> in nats (PyTorch <c>nn.CrossEntropyLoss</c>). t is 1 for the label
/// and 0 for the other classes; with label smoothing it is 1 − ε + ε/K and ε/K.
/// </summary>
/// <param name="labelSmoothing">ε.</param>
public sealed class CrossEntropy(float labelSmoothing = 0) : ILoss
{
    /// <inheritdoc/>
    public float Evaluate(ReadOnlySpan<float> outputs, int label, Span<float> gradient) => labelSmoothing == 0
        ? SoftmaxKernels.CrossEntropy(outputs, label, gradient)
        : SoftmaxKernels.SmoothedCrossEntropy(outputs, label, labelSmoothing, gradient);

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

        double loss = 0;
        for (int k = 0; k < outputs.Length; k++)
        {
            double target = (k == label ? 1.0 - labelSmoothing : 0) + ((double)labelSmoothing / outputs.Length);
            loss += target == 0 ? 0 : target * (Elementary.Log(sum) - (outputs[k] - max));
        }

        return loss;
    }
}
