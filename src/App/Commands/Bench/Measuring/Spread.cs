namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>The results of several rounds of a measurement.</summary>
/// <param name="Median">The median, which is robust against a disturbed round.</param>
/// <param name="Min">The smallest value.</param>
/// <param name="Max">The largest value.</param>
internal readonly record struct Spread(double Median, double Min, double Max)
{
    /// <summary>Half the range as a share of the median; shown after ±.</summary>
    public double Deviation => Median == 0 ? 0 : (Max - Min) / 2 / Median;

    /// <summary>The spread of measured values; for an even number, the median is the lower of the two middle values.</summary>
    /// <param name="values">The values, at least one.</param>
    /// <exception cref="ArgumentException">There are no values.</exception>
    public static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length > 0
            ? new Spread(sorted[(sorted.Length - 1) / 2], sorted[0], sorted[^1])
            : throw new ArgumentException("A spread needs at least one value.", nameof(values));
    }
}
