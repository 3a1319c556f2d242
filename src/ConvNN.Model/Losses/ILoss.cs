namespace ConvNN.Model.Losses;

/// <summary>What training makes small: a number per sample, and its gradient by the network's outputs.</summary>
public interface ILoss
{
    /// <summary>The loss of one sample.</summary>
    /// <param name="outputs">The network's outputs, before a softmax.</param>
    /// <param name="label">The sample's class.</param>
    /// <param name="gradient">The gradient by the outputs, of the same length; assigned. Empty when it is not wanted.</param>
    float Evaluate(ReadOnlySpan<float> outputs, int label, Span<float> gradient);

    /// <summary>The loss of one sample as it is defined, in double precision: what gradients are checked against.</summary>
    /// <param name="outputs">The network's outputs, before a softmax.</param>
    /// <param name="label">The sample's class.</param>
    double Define(ReadOnlySpan<double> outputs, int label);
}
