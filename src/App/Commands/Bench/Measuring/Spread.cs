namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>What several rounds of a measurement gave.</summary>
/// <param name="Median">The median, which a disturbed round does not move.</param>
/// <param name="Min">The least.</param>
/// <param name="Max">The most.</param>
internal readonly record struct Spread(double Median, double Min, double Max)
{
    /// <summary>Half the range as a share of the median: what stands behind a ±.</summary>
    public double Deviation => Median == 0 ? 0 : (Max - Min) / 2 / Median;

    /// <summary>The spread of measured values; of an even number the lower of the two in the middle is the median.</summary>
    /// <param name="values">The values, at least one.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length > 0
            ? new Spread(sorted[(sorted.Length - 1) / 2], sorted[0], sorted[^1])
            : throw new ArgumentException("A spread needs at least one value.", nameof(values));
    }
}
