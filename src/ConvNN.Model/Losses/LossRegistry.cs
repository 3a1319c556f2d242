using ConvNN.Model.Options;

namespace ConvNN.Model.Losses;

/// <summary>The losses that a configuration can name. A new loss is one line here.</summary>
public static class LossRegistry
{
    /// <summary>All of them.</summary>
    public static TypeRegistry<LossOptions> Types { get; } = new(
        "Training:Loss",
        "loss",
        CrossEntropyOptions.Registration,
        MeanSquaredErrorOptions.Registration);
}
