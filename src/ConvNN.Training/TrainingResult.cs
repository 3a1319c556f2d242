using ConvNN.Training.Events;

namespace ConvNN.Training;

/// <summary>What a run gave.</summary>
/// <param name="Epochs">The finished epochs, in order.</param>
/// <param name="IsStopped">Whether it was stopped before its last epoch was finished.</param>
/// <param name="WeightsSha256">SHA-256 of the weights as they are now.</param>
public sealed record TrainingResult(IReadOnlyList<EpochResult> Epochs, bool IsStopped, string WeightsSha256);
