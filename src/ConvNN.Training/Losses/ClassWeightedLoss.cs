using ConvNN.Model.Losses;

namespace ConvNN.Training.Losses;

/// <summary>
/// A loss in which samples of some classes count more than others in training: loss and gradient times the weight of the
/// sample's class. The mean over a batch is by samples, not by weights as PyTorch's <c>weight</c> has it, so that a
/// sample's part does not hang on its neighbours. Where no gradient is wanted, in an evaluation, all count the same.
/// </summary>
/// <param name="loss">The loss.</param>
/// <param name="weights">The weight of each class.</param>
public sealed class ClassWeightedLoss(ILoss loss, IReadOnlyList<float> weights) : ILoss
{
    /// <inheritdoc/>
    public float Evaluate(ReadOnlySpan<float> outputs, int label, Span<float> gradient)
    {
        float value = loss.Evaluate(outputs, label, gradient);
        if (gradient.IsEmpty)
        {
            return value;
        }

        foreach (ref float element in gradient)
        {
            element *= weights[label];
        }

        return value * weights[label];
    }

    /// <inheritdoc/>
    public double Define(ReadOnlySpan<double> outputs, int label) => loss.Define(outputs, label) * weights[label];
}
