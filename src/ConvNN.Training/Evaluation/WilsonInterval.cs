namespace ConvNN.Training.Evaluation;

/// <summary>
/// Between which a share lies that was estimated from a count: Wilson's score interval, E. B. Wilson, "Probable
/// Inference, the Law of Succession, and Statistical Inference", JASA 22 (1927). It also holds near 0 and 1.
/// </summary>
public static class WilsonInterval
{
    // The 97.5 % quantile of the normal distribution: 95 % between both ends.
    private const double Z = 1.959963984540054;

    /// <summary>The 95 % interval.</summary>
    /// <param name="successes">How often it was so.</param>
    /// <param name="trials">Of how many times; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There were no trials.</exception>
    public static (double Low, double High) Of(int successes, int trials)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
        double share = (double)successes / trials;
        double square = Z * Z / trials;
        double centre = share + (square / 2);
        double reach = Z * Math.Sqrt(((share * (1 - share)) + (square / 4)) / trials);
        return (Math.Max(0, (centre - reach) / (1 + square)), Math.Min(1, (centre + reach) / (1 + square)));
    }
}
