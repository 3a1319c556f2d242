namespace ConvNN.App.Commands.Sweep;

/// <summary>The mean and the standard deviation of a few figures.</summary>
/// <param name="Count">The number of figures.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Deviation">The sample standard deviation, with n − 1; null for fewer than two figures.</param>
internal readonly record struct MeanAndDeviation(int Count, double Mean, double? Deviation)
{
    /// <summary>The spread of figures; null if there are none.</summary>
    public static MeanAndDeviation? Of(IEnumerable<double?> figures)
    {
        double[] known = [.. figures.OfType<double>()];
        if (known.Length == 0)
        {
            return null;
        }

        double mean = known.Sum() / known.Length;
        return new MeanAndDeviation(known.Length, mean, known.Length < 2 ? null : Math.Sqrt(known.Sum(figure => (figure - mean) * (figure - mean)) / (known.Length - 1)));
    }
}
