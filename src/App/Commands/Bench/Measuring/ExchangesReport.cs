namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>Training with each exchange, and the number of workers that <c>--workers auto</c> takes.</summary>
/// <param name="Workers">The number of workers.</param>
/// <param name="OwnedRows">Owned rows, images/s; null where they cannot run.</param>
/// <param name="FullGradients">Full gradients, images/s.</param>
/// <param name="Ratio">Images/s of owned rows over those of full gradients, the median of the rounds; null where there is only one of them.</param>
internal sealed record ExchangesReport(int Workers, Spread? OwnedRows, Spread FullGradients, double? Ratio);
