namespace ConvNN.Data.Download;

/// <summary>How long to wait for a mirror.</summary>
/// <param name="Connect">For name lookup, connection and certificate together.</param>
/// <param name="Read">For the next <see cref="Stride"/> bytes, so that a very slow server counts as silent.</param>
internal sealed record DownloadTimeouts(TimeSpan Connect, TimeSpan Read)
{
    /// <summary>Bytes that have to arrive within <see cref="Read"/>.</summary>
    public const int Stride = 16 * 1024;

    /// <summary>The default timeouts. Without a network, two mirrors fail within ten seconds, usually at once.</summary>
    public static DownloadTimeouts Default { get; } = new(Connect: TimeSpan.FromSeconds(5), Read: TimeSpan.FromSeconds(20));
}
