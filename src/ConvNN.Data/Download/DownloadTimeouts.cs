namespace ConvNN.Data.Download;

/// <summary>How long a mirror is waited for.</summary>
/// <param name="Connect">For its name, its connection and its certificate together.</param>
/// <param name="Read">For the next <see cref="Stride"/> bytes, so that a trickle is no better than silence.</param>
internal sealed record DownloadTimeouts(TimeSpan Connect, TimeSpan Read)
{
    /// <summary>Bytes that have to arrive within <see cref="Read"/>.</summary>
    public const int Stride = 16 * 1024;

    /// <summary>Those of the program. Without a network two mirrors have failed within ten seconds, mostly at once.</summary>
    public static DownloadTimeouts Default { get; } = new(Connect: TimeSpan.FromSeconds(5), Read: TimeSpan.FromSeconds(20));
}
