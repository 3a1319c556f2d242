using ConvNN.Model;

namespace ConvNN.App.Faults;

/// <summary>A run cannot write a file or folder. The message names it and gives the system's reason.</summary>
/// <param name="message">The message, on one line.</param>
/// <param name="innerException">The system's exception.</param>
internal sealed class OutputException(string message, Exception? innerException = null) : ConvNNException(message, innerException);
