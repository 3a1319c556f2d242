using ConvNN.Model;
using ConvNN.Model.Options;

namespace ConvNN.Data.Augmentations;

/// <summary>
/// Randomly shifts, rotates, scales, shears, bends and mirrors images, erases a rectangle and adds noise, each up to these
/// limits.
/// </summary>
public sealed record RandomAugmentation : AugmentationOptions
{
    /// <summary>The registration.</summary>
    public static TypeDefinition<AugmentationOptions> Registration { get; } = new(
        "random",
        "Random changes that depend only on the seed, the epoch and the image.",
        () => new RandomAugmentation(),
        [
            Option.Of("Shift", ValueKinds.Number(NumberRange.AtLeast(0).Below(1000)), (RandomAugmentation o) => o.Shift, (o, v) => o with { Shift = v }, "maximum shift in pixels, in each direction"),
            Option.Of("Rotation", ValueKinds.Number(NumberRange.AtLeast(0).AtMost(180)), (RandomAugmentation o) => o.Rotation, (o, v) => o with { Rotation = v }, "maximum rotation in degrees, either way"),
            Option.Of("Scale", ValueKinds.Share, (RandomAugmentation o) => o.Scale, (o, v) => o with { Scale = v }, "maximum relative change in size"),
            Option.Of("Shear", ValueKinds.Number(NumberRange.AtLeast(0).Below(80)), (RandomAugmentation o) => o.Shear, (o, v) => o with { Shear = v }, "maximum shear in degrees, either way"),
            Option.Of("Elastic", ValueKinds.Number(NumberRange.AtLeast(0).Below(100)), (RandomAugmentation o) => o.Elastic, (o, v) => o with { Elastic = v }, "elastic distortion: standard deviation, in pixels, of the displacement of points 7 pixels apart"),
            Option.Of("Flip", ValueKinds.Boolean, (RandomAugmentation o) => o.Flip, (o, v) => o with { Flip = v }, "whether half of the images are mirrored"),
            Option.Of("Erase", ValueKinds.Number(NumberRange.AtLeast(0).AtMost(1)), (RandomAugmentation o) => o.Erase, (o, v) => o with { Erase = v }, "fraction of the images in which a rectangle is replaced with background"),
            Option.Of("Noise", ValueKinds.Share, (RandomAugmentation o) => o.Noise, (o, v) => o with { Noise = v }, "standard deviation of the added noise; white is 1"),
        ]);

    /// <summary>Maximum shift of an image in pixels, vertically and horizontally; images are moved by whole pixels.</summary>
    public double Shift { get; init => field = Checked(value); } = 2;

    /// <summary>Maximum rotation of an image in degrees, either way.</summary>
    public double Rotation { get; init => field = Checked(value); }

    /// <summary>Maximum change in scale: 0.1 means from 0.9 to 1.1.</summary>
    public double Scale { get; init => field = Checked(value); }

    /// <summary>Maximum shear of an image in degrees, either way.</summary>
    public double Shear { get; init => field = Checked(value); }

    /// <summary>Standard deviation, in pixels, of the control points that bend an image.</summary>
    public double Elastic { get; init => field = Checked(value); }

    /// <summary>Whether half of the images are mirrored.</summary>
    public bool Flip { get; init; }

    /// <summary>Fraction of the images in which a rectangle is erased.</summary>
    public double Erase { get; init => field = Checked(value); }

    /// <summary>Standard deviation of the noise.</summary>
    public double Noise { get; init => field = Checked(value); }

    /// <inheritdoc/>
    public override TypeDefinition Definition => Registration;

    /// <inheritdoc/>
    public override IAugmentation Create(Shape shape, ulong seed) => new Augmentation(this, shape, seed);
}
