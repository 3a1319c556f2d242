using ConvNN.Model;

namespace ConvNN.Data.Download;

/// <summary>A dataset cannot be fetched. The message is one line: what each mirror answered, and how to get the files by hand.</summary>
public sealed class DownloadException : ConvNNException
{
    /// <summary>Creates the fault with its one line.</summary>
    public DownloadException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the fault with its one line and what caused it.</summary>
    public DownloadException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
