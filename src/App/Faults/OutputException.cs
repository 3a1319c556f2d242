using ConvNN.Model;

namespace ConvNN.App.Faults;

/// <summary>Something that a run has to write cannot be written: the file or folder, and the system's reason.</summary>
/// <param name="message">The one line.</param>
/// <param name="innerException">What the system said.</param>
internal sealed class OutputException(string message, Exception? innerException = null) : ConvNNException(message, innerException);
