namespace ConvNN.Training.Options;

/// <summary>How the gradients of a step come together: key <c>Pipeline:Exchange</c>. All kinds give the same bits.</summary>
public enum ExchangeKind
{
    /// <summary>Each worker hands a gradient of all weights to the reducer, which averages them and applies the optimizer.</summary>
    FullGradients,

    /// <summary>Each weight has an owner, who sums its gradient over all samples and applies the optimizer; layers are divided by features where that saves time.</summary>
    OwnFeatures,
}
