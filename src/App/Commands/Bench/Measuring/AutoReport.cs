namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>Whether <c>--workers auto</c> has taken the best number of those measured.</summary>
/// <param name="Workers">The number that it takes.</param>
/// <param name="FastestWorkers">The fastest number.</param>
/// <param name="Ratio">Images/s of the first over those of the second, the median of the rounds.</param>
internal sealed record AutoReport(int Workers, int FastestWorkers, double Ratio)
{
    // Two runs of one setting differ by as much on a quiet machine.
    private const double Noise = 0.03;

    /// <summary>Whether no fixed number was faster by more than chance.</summary>
    public bool IsNeverSlower => Ratio >= 1 - Noise;
}
