using ConvNN.Model.Options;

namespace ConvNN.Model.Losses;

/// <summary>The losses that a configuration can name. To add a loss, add a line here.</summary>
public static class LossRegistry
{
    /// <summary>All losses.</summary>
    public static TypeRegistry<LossOptions> Types { get; } = new(
        "Training:Loss",
        "loss",
        CrossEntropyOptions.Registration,
        MeanSquaredErrorOptions.Registration);
}
