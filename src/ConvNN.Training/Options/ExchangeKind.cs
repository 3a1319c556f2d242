namespace ConvNN.Training.Options;

/// <summary>How the gradients of a step come together: key <c>Pipeline:Exchange</c>. All kinds give the same bits.</summary>
public enum ExchangeKind
{
    /// <summary>Each worker hands a gradient of all weights to the reducer, which averages them and applies the optimizer.</summary>
    FullGradients,

    /// <summary>Each row of dense weights has an owner, who sums its gradient over all samples and applies the optimizer; large layers are computed by units.</summary>
    OwnedRows,
}
