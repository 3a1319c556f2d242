namespace ConvNN.Model;

/// <summary>
/// The base of every fault that a user can bring about and mend. Its message is one line that says what, where,
/// found, expected and how to mend it; programs print it without a stack trace.
/// </summary>
public abstract class ConvNNException : Exception
{
    /// <summary>Creates the fault with its one line.</summary>
    protected ConvNNException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the fault with its one line and what caused it.</summary>
    protected ConvNNException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
