using ConvNN.Model;

namespace ConvNN.Training.Checkpoints;

/// <summary>A checkpoint cannot be written; those before it are as they were. The message is one line.</summary>
/// <param name="message">The one line.</param>
/// <param name="innerException">What caused it.</param>
public sealed class CheckpointWriteException(string message, Exception? innerException = null) : ConvNNException(message, innerException);
