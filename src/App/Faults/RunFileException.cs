using ConvNN.Model;

namespace ConvNN.App.Faults;

/// <summary>A folder is not a run folder, or a file in it is damaged. The message names the file, the problem and the remedy.</summary>
/// <param name="message">The message, on one line.</param>
/// <param name="innerException">The cause.</param>
internal sealed class RunFileException(string message, Exception? innerException = null) : ConvNNException(message, innerException);
