namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>The performance of a network at a batch size.</summary>
/// <param name="Name">The name of the network.</param>
/// <param name="BatchSize">The number of images per step.</param>
/// <param name="Parameters">The number of trainable parameters.</param>
/// <param name="OperationsPerImage">Floating-point operations of a training step, per image.</param>
/// <param name="Workers">The results for each number of workers.</param>
/// <param name="Auto">Whether <c>--workers auto</c> is the fastest.</param>
/// <param name="Exchanges">A comparison of both exchanges.</param>
/// <param name="Layers">The results for each layer, as executed.</param>
internal sealed record NetworkReport(
    string Name,
    int BatchSize,
    long Parameters,
    long OperationsPerImage,
    IReadOnlyList<WorkersReport> Workers,
    AutoReport Auto,
    ExchangesReport Exchanges,
    IReadOnlyList<LayerReport> Layers)
{
    /// <summary>Predictions for other numbers of cores; null if none were asked for.</summary>
    public CoresReport? Cores { get; init; }
}
