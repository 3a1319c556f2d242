using System.Globalization;
using System.Net;

namespace ConvNN.Data.Download;

/// <summary>Why a mirror does not deliver a file, in words that follow its name.</summary>
internal static class MirrorReason
{
    /// <summary>The server cannot be reached, or the connection to it broke.</summary>
    /// <param name="e">The exception of the request.</param>
    /// <param name="proxy">The proxy that the environment or the system names for it, which may itself be what cannot be reached; null for none.</param>
    public static string Of(Exception e, Uri? proxy) => e switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => $"cannot be found{Through(proxy)} (is there a network?)",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => $"cannot be reached{Through(proxy)} ({Cause(e)})",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => $"cannot be trusted ({Cause(e)})",
        HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded } => "broke off before it answered",
        HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } => "broke off in the middle of the file",
        _ => $"failed ({Cause(e)})",
    };

    /// <summary>No connection was established.</summary>
    public static string Unreachable(TimeSpan waited) => $"could not be reached within {Seconds(waited)} s";

    /// <summary>The server has stopped sending, or sends too slowly.</summary>
    public static string Silent(TimeSpan waited) => $"sent less than {DownloadTimeouts.Stride / 1024} KiB in {Seconds(waited)} s";

    /// <summary>The server responds with something other than the file. Uses the standard reason phrase, not the server's own.</summary>
    public static string Status(HttpStatusCode status)
    {
        using HttpResponseMessage standard = new(status);
        return string.Create(CultureInfo.InvariantCulture, $"answers {(int)status} {standard.ReasonPhrase}").TrimEnd();
    }

    /// <summary>The file is longer than it can be.</summary>
    /// <param name="length">Its length; null if unknown.</param>
    /// <param name="maxLength">Its maximum size in bytes.</param>
    public static string TooLong(long? length, long maxLength) => string.Create(
        CultureInfo.InvariantCulture, $"sends {(length is { } known ? $"{known:N0}" : "more")} bytes, expected at most {maxLength:N0}");

    // Its address may contain a password.
    private static string Through(Uri? proxy) => proxy is null ? "" : string.Create(CultureInfo.InvariantCulture, $" through the proxy {proxy.Host}:{proxy.Port}");

    private static string Cause(Exception e) => (e.InnerException ?? e).Message.TrimEnd('.');

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
}
