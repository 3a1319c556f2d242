namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>A phase of a training step, in which each member works alone until all meet.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Mean">µs of a member, on average.</param>
/// <param name="Slowest">µs of the slowest member.</param>
/// <param name="Lines">Cache lines that the slowest member reads and another has written.</param>
internal sealed record PhaseReport(string Name, double Mean, double Slowest, double Lines);
