using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace ConvNN.Data.Download;

/// <summary>Asks a web server for a file, and appends what it sends to the part that is there. Bytes are checked by whoever reads the part.</summary>
internal sealed class MirrorClient : IDisposable
{
    private const int MaxRedirects = 5;
    private const int BufferSize = 64 * 1024;

    private readonly DownloadTimeouts _timeouts;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;

    /// <summary>Creates a client.</summary>
    /// <param name="timeouts">How long a server is waited for.</param>
    /// <param name="time">The clock.</param>
    public MirrorClient(DownloadTimeouts timeouts, TimeProvider time)
    {
        _timeouts = timeouts;
        _time = time;

        // Redirects are followed here, since each address has to be checked; times are measured here, by bytes and not for the whole.
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = timeouts.Connect })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("ConvNN", typeof(MirrorClient).Assembly.GetName().Version?.ToString(3)));
    }

    /// <summary>Fetches a file, or the rest of it.</summary>
    /// <param name="address">The file.</param>
    /// <param name="part">What there is of it, and where more goes.</param>
    /// <param name="maxLength">Bytes that the file has at most.</param>
    /// <param name="onBytes">Told how many bytes of the file there are.</param>
    /// <param name="cancellationToken">Stops; the part remains.</param>
    /// <exception cref="MirrorException">The server cannot be reached, has something else, or has stopped sending. The part remains.</exception>
    /// <exception cref="CacheException">The part cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task FetchAsync(Uri address, PartialFile part, long maxLength, Action<long> onBytes, CancellationToken cancellationToken)
    {
        using CancellationTokenSource silence = new(_timeouts.Read, _time);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        try
        {
            using HttpResponseMessage response = await AskAsync(address, part.ConditionFor(address), part.Length, stop.Token);
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && part.Length > 0)
            {
                return;     // nothing follows: the part is whole, or worth nothing, which its bytes will tell
            }

            Begin(response, address, part, maxLength);
            onBytes(part.Length);
            using Stream body = await response.Content.ReadAsStreamAsync(stop.Token);
            await CopyAsync(body, address, part, maxLength, onBytes, silence, stop.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            string reason = silence.IsCancellationRequested
                ? $"sent less than {DownloadTimeouts.Stride / 1024} KiB in {Seconds(_timeouts.Read)} s"
                : $"could not be reached within {Seconds(_timeouts.Connect)} s";
            throw new MirrorException(reason, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new MirrorException(ReasonOf(e), e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<HttpResponseMessage> AskAsync(Uri address, RangeConditionHeaderValue? condition, long start, CancellationToken cancellationToken)
    {
        for (int redirects = 0; ; redirects++)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, address);
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
            if (condition is not null)
            {
                request.Headers.Range = new RangeHeaderValue(start, null);
                request.Headers.IfRange = condition;
            }

            HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if ((int)response.StatusCode is < 300 or >= 400 || response.Headers.Location is not { } location)
            {
                return response;
            }

            response.Dispose();
            Uri next = new(address, location);
            if (!DatasetOptions.IsAllowed(next) || (next.Scheme != address.Scheme && next.IsLoopback))
            {
                throw new MirrorException($"redirects to {next}, which is not https");
            }

            address = redirects < MaxRedirects ? next : throw new MirrorException($"redirects more than {MaxRedirects} times");
        }
    }

    /// <summary>Makes the part ready for what the answer has: the rest of it, or the file from its start.</summary>
    private static void Begin(HttpResponseMessage response, Uri address, PartialFile part, long maxLength)
    {
        ContentRangeHeaderValue? range = response.Content.Headers.ContentRange;
        bool isRest = response.StatusCode == HttpStatusCode.PartialContent && range?.From == part.Length;
        if (!isRest && response.StatusCode != HttpStatusCode.OK)
        {
            throw new MirrorException(string.Create(CultureInfo.InvariantCulture, $"answers {(int)response.StatusCode} {response.ReasonPhrase}"));
        }

        long start = isRest ? part.Length : 0;
        if (response.Content.Headers.ContentLength is { } length && start + length > maxLength)
        {
            throw TooLong(start + length, maxLength);
        }

        if (!isRest)
        {
            part.Restart(address, ValidatorOf(response));
        }
    }

    private async Task CopyAsync(
        Stream body, Uri address, PartialFile part, long maxLength, Action<long> onBytes, CancellationTokenSource silence, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[BufferSize];
        int sinceHeard = 0;
        int count;

        // One byte more than there can be, so that an endless answer ends here.
        while ((count = await body.ReadAsync(buffer.AsMemory(0, (int)Math.Min(BufferSize, maxLength + 1 - part.Length)), cancellationToken)) > 0)
        {
            if (part.Length + count > maxLength)
            {
                part.Restart(address, validator: null);
                throw TooLong(null, maxLength);
            }

            part.Append(buffer.AsSpan(0, count));
            onBytes(part.Length);
            sinceHeard += count;
            if (sinceHeard >= DownloadTimeouts.Stride)
            {
                sinceHeard = 0;
                silence.CancelAfter(_timeouts.Read);
            }
        }
    }

    // A weak tag may stand for other bytes of the same meaning.
    private static RangeConditionHeaderValue? ValidatorOf(HttpResponseMessage response) =>
        response.Headers.ETag is { IsWeak: false } tag ? new RangeConditionHeaderValue(tag)
        : response.Content.Headers.LastModified is { } modified ? new RangeConditionHeaderValue(modified)
        : null;

    private static MirrorException TooLong(long? length, long maxLength) => new(string.Create(
        CultureInfo.InvariantCulture, $"has {(length is { } known ? $"{known:N0}" : "more")} bytes, expected at most {maxLength:N0}"));

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);

    private static string ReasonOf(Exception e) => e switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "its name cannot be resolved; is there a network?",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => $"cannot be reached: {(e.InnerException ?? e).Message}",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => $"is not to be trusted: {(e.InnerException ?? e).Message}",
        HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } => "broke off in the middle of the file",
        _ => $"failed: {(e.InnerException ?? e).Message}",
    };
}
