using ConvNN.Training.Progress;

namespace ConvNN.Training.Checkpoints;

/// <summary>A checkpoint could not be written; training goes on, those before it are as they were, and the next is tried when it is due.</summary>
/// <param name="Reason">One line.</param>
public sealed record CheckpointFailed(string Reason) : TrainingEvent;
