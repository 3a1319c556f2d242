using ConvNN.Kernels.Functions;
using ConvNN.Model;
using ConvNN.Model.Randomness;

namespace ConvNN.Data.Augmentations;

/// <summary>
/// Where each pixel of a changed image comes from: <c>M · (p − shift − centre) + centre</c>, where M rotates, scales, shears
/// and mirrors. Computed in double precision, with our own sine and cosine, so it is the same on every machine.
/// </summary>
internal readonly struct Warp
{
    private const double Degree = Math.PI / 180;

    private readonly double _xx;
    private readonly double _xy;
    private readonly double _yx;
    private readonly double _yy;
    private readonly double _centreX;
    private readonly double _centreY;

    /// <summary>Draws a random warp.</summary>
    /// <param name="options">The limit of each change.</param>
    /// <param name="shape">The shape of an image.</param>
    /// <param name="random">The image's random numbers.</param>
    public Warp(RandomAugmentation options, Shape shape, RandomStream random)
    {
        (_centreX, _centreY) = ((shape.Width - 1) / 2.0, (shape.Height - 1) / 2.0);
        ShiftX = (int)Math.Round(options.Shift * Symmetric(random, 0));
        ShiftY = (int)Math.Round(options.Shift * Symmetric(random, 1));
        double angle = Degree * options.Rotation * Symmetric(random, 2);
        double scale = 1 / (1 + (options.Scale * Symmetric(random, 3)));
        double slope = Degree * options.Shear * Symmetric(random, 4);
        double mirror = options.Flip && random.Uniform(5) < 0.5 ? -1 : 1;
        double slant = Elementary.Sin(slope) / Elementary.Cos(slope);
        (double sin, double cos) = (Elementary.Sin(angle) * scale, Elementary.Cos(angle) * scale);
        (_xx, _xy, _yx, _yy) = (cos * mirror, sin - (cos * slant), -sin * mirror, cos + (sin * slant));
        IsShift = angle == 0 && scale == 1 && slope == 0 && mirror == 1;
    }

    /// <summary>Whether it only shifts the image, by whole pixels.</summary>
    public bool IsShift { get; }

    /// <summary>Shift to the right in pixels.</summary>
    public int ShiftX { get; }

    /// <summary>Downward shift in pixels.</summary>
    public int ShiftY { get; }

    /// <summary>The position in the original image that a pixel of the changed image comes from.</summary>
    /// <param name="x">Its column.</param>
    /// <param name="y">Its row.</param>
    public (double X, double Y) Source(int x, int y)
    {
        (double dx, double dy) = (x - ShiftX - _centreX, y - ShiftY - _centreY);
        return ((_xx * dx) + (_xy * dy) + _centreX, (_yx * dx) + (_yy * dy) + _centreY);
    }

    /// <summary>A number uniform on [−1, 1).</summary>
    private static double Symmetric(RandomStream random, uint unit) => (2 * random.Uniform(unit)) - 1;
}
