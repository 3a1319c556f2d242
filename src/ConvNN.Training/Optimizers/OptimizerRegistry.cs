using ConvNN.Model.Options;

namespace ConvNN.Training.Optimizers;

/// <summary>The optimizers that a configuration can name. A new one is a file, a line here, and the cases that <c>docs/development.md</c> names.</summary>
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
