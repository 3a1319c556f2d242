using ConvNN.Kernels.Functions;

namespace ConvNN.Training;

/// <summary>The loss by learning rate, as <see cref="LearningRateFinder"/> has seen it.</summary>
public sealed class LearningRateCurve
{
    // Share of the running mean that a step keeps.
    private const double Keep = 0.9;

    // Steps to either side over which a slope is taken: between neighbours it would be that of two batches.
    private const int Reach = 10;

    private readonly List<Point> _points = [];
    private double _mean;

    /// <summary>The steps, in order of their rates.</summary>
    public IReadOnlyList<Point> Points => _points;

    /// <summary>The lowest smoothed loss.</summary>
    public double Lowest => _points.Min(point => point.Smoothed);

    /// <summary>
    /// A rate to train with: where the smoothed loss falls most steeply over the logarithm of the rate. Null when it never
    /// falls, or there were too few steps.
    /// </summary>
    public double? Suggestion
    {
        get
        {
            int lowest = _points.FindIndex(point => point.Smoothed == Lowest);
            (double Slope, double Rate)? best = null;
            for (int i = Reach; i < Math.Min(lowest, _points.Count - Reach); i++)
            {
                (Point before, Point after) = (_points[i - Reach], _points[i + Reach]);
                double slope = (after.Smoothed - before.Smoothed) / (Elementary.Log(after.Rate) - Elementary.Log(before.Rate));
                best = slope < (best?.Slope ?? 0) ? (slope, _points[i].Rate) : best;
            }

            return best?.Rate;
        }
    }

    /// <summary>Adds a step.</summary>
    /// <param name="rate">Its learning rate; above that of the step before.</param>
    /// <param name="loss">The mean loss of its batch.</param>
    public void Add(double rate, double loss)
    {
        _mean = (Keep * _mean) + ((1 - Keep) * loss);
        _points.Add(new Point(rate, loss, _mean / (1 - Elementary.Pow(Keep, _points.Count + 1))));
    }

    /// <summary>A step.</summary>
    /// <param name="Rate">Its learning rate.</param>
    /// <param name="Loss">The mean loss of its batch.</param>
    /// <param name="Smoothed">A running mean of the losses, without what its beginning would draw it to.</param>
    public readonly record struct Point(double Rate, double Loss, double Smoothed);
}
