namespace ConvNN.Training.Checkpoints;

/// <summary>A file of a checkpoint, as its manifest describes it.</summary>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">SHA-256 of all of it, in lower-case hexadecimal.</param>
/// <param name="Tensors">Its tensors: <c>conv1.weight [8, 1, 3, 3]</c>.</param>
public sealed record CheckpointFile(long Bytes, string Sha256, IReadOnlyList<string> Tensors);
