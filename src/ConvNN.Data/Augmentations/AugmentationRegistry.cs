using ConvNN.Model.Options;

namespace ConvNN.Data.Augmentations;

/// <summary>The augmentations that a configuration can name. A new augmentation is one line here.</summary>
public static class AugmentationRegistry
{
    /// <summary>All of them.</summary>
    public static TypeRegistry<AugmentationOptions> Types { get; } = new(
        "Data:Augmentation",
        "augmentation",
        NoAugmentation.Registration,
        RandomAugmentation.Registration);
}
