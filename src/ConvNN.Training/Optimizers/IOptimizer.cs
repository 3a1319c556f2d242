namespace ConvNN.Training.Optimizers;

/// <summary>How gradients change weights. Elementwise over the flat buffer, so that it may be cut anywhere.</summary>
public interface IOptimizer
{
    /// <summary>Applies one step.</summary>
    /// <param name="weights">The trained part of the weights; changed in place.</param>
    /// <param name="gradients">The mean gradient over the batch, of the same layout.</param>
    /// <param name="learningRate">The step's learning rate.</param>
    /// <param name="step">The step's number in the run, from 1.</param>
    void Step(Span<float> weights, ReadOnlySpan<float> gradients, float learningRate, long step);
}
