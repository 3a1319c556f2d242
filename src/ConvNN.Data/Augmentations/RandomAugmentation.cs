using ConvNN.Model;
using ConvNN.Model.Options;

namespace ConvNN.Data.Augmentations;

/// <summary>Images shifted, turned, scaled, sheared, bent, mirrored, with a hole and with noise: each as far as chance has it, up to these limits.</summary>
public sealed record RandomAugmentation : AugmentationOptions
{
    private const string ShiftKey = "Shift";
    private const string RotationKey = "Rotation";
    private const string ScaleKey = "Scale";
    private const string ShearKey = "Shear";
    private const string ElasticKey = "Elastic";
    private const string FlipKey = "Flip";
    private const string EraseKey = "Erase";
    private const string NoiseKey = "Noise";

    /// <summary>The registration.</summary>
    public static TypeDefinition<AugmentationOptions> Registration { get; } = new(
        "random",
        "Images changed at random, by seed, epoch and image alone.",
        [
            OptionSpec.Number(ShiftKey, "most pixels that an image is moved by, in each direction", minimum: 0, below: 1000, otherwise: 2),
            OptionSpec.Number(RotationKey, "most degrees that it is turned by, either way", minimum: 0, below: 180.001, otherwise: 0),
            OptionSpec.Number(ScaleKey, "most that it grows or shrinks by, as a share", minimum: 0, below: 1, otherwise: 0),
            OptionSpec.Number(ShearKey, "most degrees that it is slanted by, either way", minimum: 0, below: 80, otherwise: 0),
            OptionSpec.Number(ElasticKey, "standard deviation in pixels of the points, 7 pixels apart, that bend it", minimum: 0, below: 100, otherwise: 0),
            OptionSpec.Boolean(FlipKey, "whether half of the images are mirrored", otherwise: false),
            OptionSpec.Number(EraseKey, "share of the images in which a rectangle is made background", minimum: 0, below: 1.0001, otherwise: 0),
            OptionSpec.Number(NoiseKey, "standard deviation of noise, with white as 1", minimum: 0, below: 1, otherwise: 0),
        ],
        values => new RandomAugmentation
        {
            Shift = values.Get<double>(ShiftKey),
            Rotation = values.Get<double>(RotationKey),
            Scale = values.Get<double>(ScaleKey),
            Shear = values.Get<double>(ShearKey),
            Elastic = values.Get<double>(ElasticKey),
            Flip = values.Get<bool>(FlipKey),
            Erase = values.Get<double>(EraseKey),
            Noise = values.Get<double>(NoiseKey),
        });

    /// <summary>Most pixels that an image is moved by, down or up and right or left; whole pixels.</summary>
    public double Shift { get; init; } = 2;

    /// <summary>Most degrees that an image is turned by.</summary>
    public double Rotation { get; init; }

    /// <summary>Most that an image grows or shrinks by: 0.1 is from 0.9 to 1.1.</summary>
    public double Scale { get; init; }

    /// <summary>Most degrees that an image is slanted by.</summary>
    public double Shear { get; init; }

    /// <summary>Standard deviation, in pixels, of the control points that bend an image.</summary>
    public double Elastic { get; init; }

    /// <summary>Whether half of the images are mirrored.</summary>
    public bool Flip { get; init; }

    /// <summary>Share of the images that lose a rectangle.</summary>
    public double Erase { get; init; }

    /// <summary>Standard deviation of noise.</summary>
    public double Noise { get; init; }

    /// <inheritdoc/>
    public override TypeDefinition Definition => Registration;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Values =>
    [
        new(ShiftKey, Shift),
        new(RotationKey, Rotation),
        new(ScaleKey, Scale),
        new(ShearKey, Shear),
        new(ElasticKey, Elastic),
        new(FlipKey, Flip),
        new(EraseKey, Erase),
        new(NoiseKey, Noise),
    ];

    /// <inheritdoc/>
    public override IAugmentation Create(Shape shape, ulong seed) => new Augmentation(this, shape, seed);
}
