namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>A network's training step, predicted for machines with other numbers of cores.</summary>
/// <param name="Meeting">A meeting of two cores of this machine; null if no two could meet, and then meetings and transfers are missing.</param>
/// <param name="Steps">What the predictions are made of: the step as it is divided among each number of threads, measured one member after another.</param>
/// <param name="Predictions">A prediction for each number of cores.</param>
internal sealed record CoresReport(MeetingReport? Meeting, IReadOnlyList<DividedStep> Steps, IReadOnlyList<CorePrediction> Predictions);
