using ConvNN.Model;
using ConvNN.Model.Options;

namespace ConvNN.Data.Augmentations;

/// <summary>Leaves images unchanged.</summary>
public sealed record NoAugmentation : AugmentationOptions
{
    /// <summary>The registration.</summary>
    public static TypeDefinition<AugmentationOptions> Registration { get; } = new(
        "none",
        "Images unchanged.",
        () => new NoAugmentation());

    /// <inheritdoc/>
    public override TypeDefinition Definition => Registration;

    /// <inheritdoc/>
    public override IAugmentation? Create(Shape shape, ulong seed) => null;
}
