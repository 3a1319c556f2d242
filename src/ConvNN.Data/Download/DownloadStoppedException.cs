namespace ConvNN.Data.Download;

/// <summary>A download was cancelled. The message is one line: what has not fully arrived, and where the part is kept.</summary>
public sealed class DownloadStoppedException : OperationCanceledException
{
    /// <summary>Creates the exception with its one-line message, its cause and the cancelled token.</summary>
    public DownloadStoppedException(string message, Exception? innerException, CancellationToken token)
        : base(message, innerException, token)
    {
    }
}
