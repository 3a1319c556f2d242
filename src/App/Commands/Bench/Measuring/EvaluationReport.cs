namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>An evaluation step, for which members need nothing of each other.</summary>
/// <param name="Images">Images of a member.</param>
/// <param name="Mean">µs of a member, on average.</param>
/// <param name="Slowest">µs of the slowest member.</param>
internal sealed record EvaluationReport(int Images, double Mean, double Slowest);
