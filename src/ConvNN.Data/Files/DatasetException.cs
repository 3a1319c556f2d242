using ConvNN.Model;

namespace ConvNN.Data.Files;

/// <summary>A dataset is missing or invalid. The message is one line: the file, what was found, what was expected, how to fix it.</summary>
public sealed class DatasetException : ConvNNException
{
    /// <summary>Creates the exception with its one-line message.</summary>
    public DatasetException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its one-line message and its cause.</summary>
    public DatasetException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The key of the option that mends it; null if none does.</summary>
    public string? Option { get; init; }
}
