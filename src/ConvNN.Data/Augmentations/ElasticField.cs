using ConvNN.Model;
using ConvNN.Model.Randomness;

namespace ConvNN.Data.Augmentations;

/// <summary>
/// A smooth displacement field: a grid of randomly moved control points, with cubic B-splines between them (Rueckert et al.
/// 1999), for elastic distortions as in Simard, Steinkraus and Platt 2003.
/// </summary>
internal sealed class ElasticField
{
    /// <summary>Pixels between two control points.</summary>
    public const int Spacing = 7;

    // Number of control points of a cubic spline that affect a position.
    private const int Support = 4;

    private readonly int _columns;
    private readonly double[] _x;
    private readonly double[] _y;

    /// <summary>Draws a random field.</summary>
    /// <param name="deviation">Standard deviation of a control point, in pixels.</param>
    /// <param name="shape">The shape of an image.</param>
    /// <param name="random">The image's random numbers.</param>
    public ElasticField(double deviation, Shape shape, RandomStream random)
    {
        _columns = PointsAlong(shape.Width);
        _x = new double[_columns * PointsAlong(shape.Height)];
        _y = new double[_x.Length];
        for (int point = 0; point < _x.Length; point++)
        {
            _x[point] = deviation * random.Normal((uint)(2 * point));
            _y[point] = deviation * random.Normal((uint)(2 * point) + 1);
        }
    }

    /// <summary>The displacement at a pixel.</summary>
    /// <param name="column">Its column.</param>
    /// <param name="row">Its row.</param>
    public (double X, double Y) At(int column, int row)
    {
        Span<double> across = stackalloc double[Support], down = stackalloc double[Support];
        Weights((double)(column % Spacing) / Spacing, across);
        Weights((double)(row % Spacing) / Spacing, down);
        (double x, double y) = (0, 0);
        for (int j = 0; j < Support; j++)
        {
            int first = ((((row / Spacing) + j) * _columns) + (column / Spacing));
            for (int i = 0; i < Support; i++)
            {
                double weight = across[i] * down[j];
                x += weight * _x[first + i];
                y += weight * _y[first + i];
            }
        }

        return (x, y);
    }

    private static int PointsAlong(int pixels) => ((pixels - 1) / Spacing) + Support;

    /// <summary>
    /// The weights of the four points around a position at fraction <paramref name="t"/> of the way between the middle two.
    /// </summary>
    private static void Weights(double t, Span<double> weights)
    {
        double s = 1 - t;
        weights[0] = s * s * s / 6;
        weights[1] = ((3 * t * t * t) - (6 * t * t) + 4) / 6;
        weights[2] = ((3 * s * s * s) - (6 * s * s) + 4) / 6;
        weights[3] = t * t * t / 6;
    }
}
