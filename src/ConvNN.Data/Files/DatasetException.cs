using ConvNN.Model;

namespace ConvNN.Data.Files;

/// <summary>A dataset is missing or invalid. The message is one line: the file, what was found, what was expected, how to mend it.</summary>
public sealed class DatasetException : ConvNNException
{
    /// <summary>Creates the fault with its one line.</summary>
    public DatasetException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the fault with its one line and what caused it.</summary>
    public DatasetException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
