namespace ConvNN.Data.Download;

/// <summary>A download was cancelled. The message is one line: what has not arrived, and where its part is kept.</summary>
public sealed class DownloadStoppedException : OperationCanceledException
{
    /// <summary>Creates it with its one line, what caused it, and the token that was cancelled.</summary>
    public DownloadStoppedException(string message, Exception? innerException, CancellationToken token)
        : base(message, innerException, token)
    {
    }
}
