namespace ConvNN.Model.Losses;

/// <summary>What training minimises: a number per sample, and its gradient with respect to the network's outputs.</summary>
public interface ILoss
{
    /// <summary>The loss of one sample.</summary>
    /// <param name="outputs">The network's outputs, before a softmax.</param>
    /// <param name="label">The sample's class.</param>
    /// <param name="gradient">Overwritten with the gradient with respect to the outputs, of the same length; empty if not wanted.</param>
    float Evaluate(ReadOnlySpan<float> outputs, int label, Span<float> gradient);

    /// <summary>The definition of the loss for one sample, in double precision; gradients are checked against it.</summary>
    /// <param name="outputs">The network's outputs, before a softmax.</param>
    /// <param name="label">The sample's class.</param>
    double Define(ReadOnlySpan<double> outputs, int label);
}
