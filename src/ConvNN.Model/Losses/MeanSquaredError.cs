using ConvNN.Kernels.Functions;
using ConvNN.Kernels.Losses;
using ConvNN.Model.Networks;
using ConvNN.Model.Options;

namespace ConvNN.Model.Losses;

/// <summary>Options of <see cref="MeanSquaredError"/>.</summary>
public sealed record MeanSquaredErrorOptions : LossOptions
{
    /// <summary>The registration.</summary>
    public static TypeDefinition<LossOptions> Registration { get; } = new(
        "mean-squared-error",
        "Mean squared error, with target 1 for the label and 0 for the other classes.",
        () => new MeanSquaredErrorOptions());

    /// <inheritdoc/>
    public override TypeDefinition Definition => Registration;

    /// <inheritdoc/>
    public override ILoss Create(Network network) => new MeanSquaredError(network.EndsInSoftmax);
}

/// <summary>
/// Mean squared error, <c>Σ_k (y[k] − t[k])² / K</c>, where t is 1 for the label and 0 otherwise (PyTorch <c>nn.MSELoss</c>). y
/// are the probabilities if the network ends in a softmax (the Brier score), and the raw outputs otherwise.
/// </summary>
/// <param name="isOfSoftmax">Whether the outputs go through a softmax first.</param>
public sealed class MeanSquaredError(bool isOfSoftmax) : ILoss
{
    /// <inheritdoc/>
    public float Evaluate(ReadOnlySpan<float> outputs, int label, Span<float> gradient) => isOfSoftmax
        ? SquaredErrorKernels.OfSoftmax(outputs, label, gradient)
        : SquaredErrorKernels.OfOutputs(outputs, label, gradient);

    /// <inheritdoc/>
    public double Define(ReadOnlySpan<double> outputs, int label)
    {
        double max = double.NegativeInfinity;
        foreach (double output in outputs)
        {
            max = Math.Max(max, output);
        }

        double exponentials = 0;
        foreach (double output in outputs)
        {
            exponentials += Elementary.Exp(output - max);
        }

        double sum = 0;
        for (int k = 0; k < outputs.Length; k++)
        {
            double value = isOfSoftmax ? Elementary.Exp(outputs[k] - max) / exponentials : outputs[k];
            double error = value - (k == label ? 1 : 0);
            sum += error * error;
        }

        return sum / outputs.Length;
    }
}
