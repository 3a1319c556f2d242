using ConvNN.Model;

namespace ConvNN.Training.Checkpoints;

/// <summary>A checkpoint is missing, damaged, or of another run. The message is one line: the file, what was found, what was expected, and how to repair it.</summary>
/// <param name="message">The one line; control characters, which may come from the file, are removed.</param>
/// <param name="innerException">The cause.</param>
public sealed class CheckpointException(string message, Exception? innerException = null)
    : ConvNNException(string.Concat(message.Take(MaxLength).Select(c => char.IsControl(c) ? '�' : c)), innerException)
{
    private const int MaxLength = 1000;
}
