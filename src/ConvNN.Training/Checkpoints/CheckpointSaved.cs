using ConvNN.Training.Progress;

namespace ConvNN.Training.Checkpoints;

/// <summary>A checkpoint is on the disk.</summary>
/// <param name="Name">The name of its folder.</param>
/// <param name="Bytes">Bytes of weights and optimizer in it; 0 if only metadata is kept.</param>
/// <param name="Held">How long training paused for it: the time of a copy in memory.</param>
/// <param name="Written">How long writing took, while training continued.</param>
public sealed record CheckpointSaved(string Name, long Bytes, TimeSpan Held, TimeSpan Written) : TrainingEvent;
