namespace ConvNN.App.Commands.Sweep;

/// <summary>Mean and spread of a few figures.</summary>
/// <param name="Count">How many.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Deviation">The standard deviation of what they are a sample of: squares over n − 1. Null for fewer than two.</param>
internal readonly record struct Spread(int Count, double Mean, double? Deviation)
{
    /// <summary>The spread of figures; null where there are none.</summary>
    public static Spread? Of(IEnumerable<double?> figures)
    {
        double[] known = [.. figures.OfType<double>()];
        if (known.Length == 0)
        {
            return null;
        }

        double mean = known.Sum() / known.Length;
        return new Spread(known.Length, mean, known.Length < 2 ? null : Math.Sqrt(known.Sum(figure => (figure - mean) * (figure - mean)) / (known.Length - 1)));
    }
}
