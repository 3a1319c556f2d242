using ConvNN.Model;
using ConvNN.Model.Options;

namespace ConvNN.Data.Augmentations;

/// <summary>
/// How training images are changed at random: section <c>Data:Augmentation</c>, or an object in code. A name converts to it.
/// </summary>
public abstract record AugmentationOptions : TypedOptions
{
    /// <summary>Finds an augmentation by name, with its defaults.</summary>
    /// <param name="name">A registered name: <c>random</c>.</param>
    /// <exception cref="ConfigurationException">No augmentation has the name.</exception>
    public static implicit operator AugmentationOptions(string name) => AugmentationRegistry.Types.Find(name);

    /// <inheritdoc/>
    protected override string Section => AugmentationRegistry.Types.Path;

    /// <summary>Creates the augmentation for a run; null for none.</summary>
    /// <param name="shape">The shape of an image.</param>
    /// <param name="seed">The run's seed.</param>
    public abstract IAugmentation? Create(Shape shape, ulong seed);
}
