using ConvNN.Model;

namespace ConvNN.Pictures;

/// <summary>A picture cannot be read or used. The message is one line: the file, what was found, what was expected, how to fix it.</summary>
public sealed class PictureException : ConvNNException
{
    /// <summary>Creates the exception with its one-line message.</summary>
    public PictureException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its one-line message and its cause.</summary>
    public PictureException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
