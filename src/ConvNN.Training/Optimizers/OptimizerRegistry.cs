using ConvNN.Model.Options;

namespace ConvNN.Training.Optimizers;

/// <summary>The optimizers that a configuration can name. A new optimizer is one line here.</summary>
public static class OptimizerRegistry
{
    /// <summary>All of them.</summary>
    public static TypeRegistry<OptimizerOptions> Types { get; } = new(
        "Training:Optimizer",
        "optimizer",
        SgdOptions.Registration,
        MomentumOptions.Registration,
        NesterovOptions.Registration,
        RmsPropOptions.Registration,
        AdamOptions.Registration,
        AdamWOptions.Registration,
        LionOptions.Registration);
}
