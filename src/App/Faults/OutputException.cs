using ConvNN.Model;

namespace ConvNN.App.Faults;

/// <summary>A run cannot write a file or folder. The message names it and gives the system's reason.</summary>
/// <param name="message">The message, on one line.</param>
/// <param name="innerException">The system's exception.</param>
internal sealed class OutputException(string message, Exception? innerException = null) : ConvNNException(message, innerException)
{
    /// <summary>Writes a file that the user has named, and turns what the system refuses into this exception.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes it.</param>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public static void Guard(string path, Action write)
    {
        try
        {
            write();
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            throw new OutputException($"{path}: cannot be written: {reason.Message.TrimEnd('.')}; name a file in an existing folder.", reason);
        }
    }
}
