namespace ConvNN.Data.Tests.Download;

/// <summary>What a client asks a <see cref="LoopbackServer"/> for.</summary>
/// <param name="Path">The path, from its slash on.</param>
/// <param name="Headers">The headers.</param>
internal sealed record LoopbackRequest(string Path, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The beginning of a TLS connection, which this server knows nothing of.</summary>
    public static readonly LoopbackRequest Tls = new("", new Dictionary<string, string>());

    /// <summary>The last part of the path.</summary>
    public string File => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>The <c>Range</c> and <c>If-Range</c> that were sent, null where one was not.</summary>
    public (string? Range, string? IfRange) Resumes => (Headers.GetValueOrDefault("Range"), Headers.GetValueOrDefault("If-Range"));
}
