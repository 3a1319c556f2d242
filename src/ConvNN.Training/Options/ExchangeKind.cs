namespace ConvNN.Training.Options;

/// <summary>How gradients come together in a step. All give the same bits.</summary>
public enum ExchangeKind
{
    /// <summary>The definition: every worker hands a gradient of all weights to the reducer.</summary>
    FullGradients,

    /// <summary>Each row of dense weights has an owner, who sums its gradient over all samples and applies the step; large layers are computed by units.</summary>
    OwnedRows,
}
