namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>Training with each exchange, with the number of workers that <c>--workers auto</c> chooses.</summary>
/// <param name="Workers">The number of workers.</param>
/// <param name="OwnFeatures">Own features, images/s; null if they cannot run.</param>
/// <param name="FullGradients">Full gradients, images/s.</param>
/// <param name="Ratio">Images/s of own features divided by those of full gradients, median of the rounds; null without both.</param>
internal sealed record ExchangesReport(int Workers, Spread? OwnFeatures, Spread FullGradients, double? Ratio)
{
    /// <summary>How own features divide the layers; null if they cannot run.</summary>
    public string? Division { get; init; }
}
