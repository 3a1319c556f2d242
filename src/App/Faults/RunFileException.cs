using ConvNN.Model;

namespace ConvNN.App.Faults;

/// <summary>A folder is none of a run, or a file in it that is read again is damaged: the file, what is wrong and how to mend it.</summary>
/// <param name="message">The one line.</param>
/// <param name="innerException">What caused it.</param>
internal sealed class RunFileException(string message, Exception? innerException = null) : ConvNNException(message, innerException);
