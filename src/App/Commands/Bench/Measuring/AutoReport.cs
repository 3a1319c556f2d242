namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>Whether <c>--workers auto</c> chooses the fastest of the measured numbers of workers.</summary>
/// <param name="Workers">The number that it chooses.</param>
/// <param name="FastestWorkers">The fastest number.</param>
/// <param name="Ratio">Images/s of the first divided by those of the second, median of the rounds.</param>
internal sealed record AutoReport(int Workers, int FastestWorkers, double Ratio)
{
    // Two runs with the same settings differ by this much on a quiet machine.
    private const double Noise = 0.03;

    /// <summary>Whether no fixed number was faster by more than noise.</summary>
    public bool IsNeverSlower => Ratio >= 1 - Noise;
}
