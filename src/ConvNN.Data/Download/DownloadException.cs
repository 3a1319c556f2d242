using ConvNN.Model;

namespace ConvNN.Data.Download;

/// <summary>A dataset cannot be fetched. The message is one line: what each mirror answered, and how to get the files by hand.</summary>
public sealed class DownloadException : ConvNNException
{
    /// <summary>Creates the exception with its one-line message.</summary>
    public DownloadException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its one-line message and its cause.</summary>
    public DownloadException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
