using ConvNN.Model;

namespace ConvNN.App.Output;

/// <summary>Text that was asked for cannot be printed. The message gives the system's reason.</summary>
/// <param name="message">The message, on one line.</param>
/// <param name="innerException">The system's exception.</param>
internal sealed class UnprintedException(string message, Exception innerException) : ConvNNException(message, innerException)
{
    /// <summary>Whether nobody wants the text any more.</summary>
    public bool IsReaderGone => InnerException is ReaderGoneException;
}
