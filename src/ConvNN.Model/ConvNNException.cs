namespace ConvNN.Model;

/// <summary>
/// The base class of all errors that a user can cause and fix. The message is one line: what is wrong and where, what
/// was found, what was expected and how to fix it. Programs print it without a stack trace.
/// </summary>
public abstract class ConvNNException : Exception
{
    /// <summary>Creates the exception with its one-line message.</summary>
    protected ConvNNException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its one-line message and its cause.</summary>
    protected ConvNNException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
