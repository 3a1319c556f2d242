using ConvNN.Model.Options;

namespace ConvNN.Data.Augmentations;

/// <summary>The augmentations that a configuration can name. To add an augmentation, add a line here.</summary>
public static class AugmentationRegistry
{
    /// <summary>All augmentations.</summary>
    public static TypeRegistry<AugmentationOptions> Types { get; } = new(
        "Data:Augmentation",
        "augmentation",
        NoAugmentation.Registration,
        RandomAugmentation.Registration);
}
