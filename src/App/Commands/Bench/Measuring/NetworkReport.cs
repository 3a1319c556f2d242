namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>What a network reaches at a batch size.</summary>
/// <param name="Name">The network.</param>
/// <param name="BatchSize">Images of a step.</param>
/// <param name="Parameters">Trained values.</param>
/// <param name="OperationsPerImage">Floating-point operations of a training step, per image.</param>
/// <param name="Workers">For each number of workers.</param>
/// <param name="Auto">Whether <c>--workers auto</c> is the best.</param>
/// <param name="Exchanges">Both exchanges beside each other.</param>
/// <param name="Layers">For each step of the network.</param>
internal sealed record NetworkReport(
    string Name,
    int BatchSize,
    long Parameters,
    long OperationsPerImage,
    IReadOnlyList<WorkersReport> Workers,
    AutoReport Auto,
    ExchangesReport Exchanges,
    IReadOnlyList<LayerReport> Layers);
