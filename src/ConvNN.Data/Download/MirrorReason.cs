using System.Globalization;
using System.Net;

namespace ConvNN.Data.Download;

/// <summary>Why a mirror does not give a file, in words that follow its name.</summary>
internal static class MirrorReason
{
    /// <summary>The server cannot be reached, or the connection to it broke.</summary>
    public static string Of(Exception e) => e switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "cannot be found (is there a network?)",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => $"cannot be reached ({Cause(e)})",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => $"is not to be trusted ({Cause(e)})",
        HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded } => "broke off before it answered",
        HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } => "broke off in the middle of the file",
        _ => $"failed ({Cause(e)})",
    };

    /// <summary>No connection came about.</summary>
    public static string Unreachable(TimeSpan waited) => $"could not be reached within {Seconds(waited)} s";

    /// <summary>The server has gone silent, or sends a trickle.</summary>
    public static string Silent(TimeSpan waited) => $"sent less than {DownloadTimeouts.Stride / 1024} KiB in {Seconds(waited)} s";

    /// <summary>The server answers with something other than the file. The words are the standard's, since a server's own may be anything.</summary>
    public static string Status(HttpStatusCode status)
    {
        using HttpResponseMessage standard = new(status);
        return string.Create(CultureInfo.InvariantCulture, $"answers {(int)status} {standard.ReasonPhrase}").TrimEnd();
    }

    /// <summary>The file is longer than it can be.</summary>
    /// <param name="length">Its length, null if it is not known.</param>
    /// <param name="maxLength">Bytes that it has at most.</param>
    public static string TooLong(long? length, long maxLength) => string.Create(
        CultureInfo.InvariantCulture, $"sends {(length is { } known ? $"{known:N0}" : "more")} bytes, expected at most {maxLength:N0}");

    private static string Cause(Exception e) => (e.InnerException ?? e).Message.TrimEnd('.');

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
}
