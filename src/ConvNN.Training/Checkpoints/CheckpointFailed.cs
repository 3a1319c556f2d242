using ConvNN.Training.Progress;

namespace ConvNN.Training.Checkpoints;

/// <summary>A checkpoint could not be written. Training continues, earlier checkpoints are unchanged, and the next one is tried when it is due.</summary>
/// <param name="Reason">One line.</param>
public sealed record CheckpointFailed(string Reason) : TrainingEvent;
