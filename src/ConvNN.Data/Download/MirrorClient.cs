using System.Net;
using System.Net.Http.Headers;
using ConvNN.Data.Cache;

namespace ConvNN.Data.Download;

/// <summary>Requests a file from a web server and appends the response to the part that is there. It does not check the bytes.</summary>
internal sealed class MirrorClient : IDisposable
{
    private const int BufferSize = 64 * 1024;

    private readonly DownloadTimeouts _timeouts;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;

    /// <summary>Creates a client.</summary>
    /// <param name="timeouts">How long to wait for a server.</param>
    /// <param name="time">The clock.</param>
    public MirrorClient(DownloadTimeouts timeouts, TimeProvider time)
    {
        _timeouts = timeouts;
        _time = time;

        // RangeRequest follows redirects, since it must check each address; timeouts are measured here, per bytes received.
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = timeouts.Connect })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("ConvNN", typeof(MirrorClient).Assembly.GetName().Version?.ToString(3)));
    }

    /// <summary>Fetches a file, or the rest of it.</summary>
    /// <param name="address">The file.</param>
    /// <param name="part">The part that is there, which the rest is appended to.</param>
    /// <param name="maxLength">Maximum size of the file in bytes.</param>
    /// <param name="onBytes">Receives the number of bytes of the file so far.</param>
    /// <param name="cancellationToken">Cancels; the part remains.</param>
    /// <returns>Whether the existing part was resumed.</returns>
    /// <exception cref="MirrorException">
    /// The server cannot be reached, has a different file, or has stopped sending. The part remains, unless it is too long.
    /// </exception>
    /// <exception cref="CacheException">The part cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<bool> FetchAsync(Uri address, PartialFile part, long maxLength, Action<long> onBytes, CancellationToken cancellationToken)
    {
        using CancellationTokenSource silence = new(_timeouts.Read, _time);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        try
        {
            RangeConditionHeaderValue? condition = part.ConditionFor(address);
            using HttpResponseMessage response = await RangeRequest.SendAsync(_client, address, part.Length, condition, stop.Token);
            if (condition is not null && response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                return true;     // nothing follows: the part is complete or useless, and its bytes will show which
            }

            bool isRest = condition is not null && IsRest(response, part);
            CheckAnswer(response, part, isRest, maxLength);
            if (!isRest)
            {
                part.Restart(address, ValidatorOf(response));
            }

            onBytes(part.Length);
            using Stream body = await response.Content.ReadAsStreamAsync(stop.Token);
            await CopyAsync(body, part, maxLength, onBytes, silence, stop.Token);
            return isRest;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MirrorException(silence.IsCancellationRequested ? MirrorReason.Silent(_timeouts.Read) : MirrorReason.Unreachable(_timeouts.Connect), e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new MirrorException(MirrorReason.Of(e, HttpClient.DefaultProxy.GetProxy(address)), e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static bool IsRest(HttpResponseMessage response, PartialFile part) =>
        response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == part.Length;

    /// <summary>Rejects a response that is neither the file nor the rest of it.</summary>
    private static void CheckAnswer(HttpResponseMessage response, PartialFile part, bool isRest, long maxLength)
    {
        if (!isRest && response.StatusCode != HttpStatusCode.OK)
        {
            throw new MirrorException(MirrorReason.Status(response.StatusCode));
        }

        long start = isRest ? part.Length : 0;
        if (response.Content.Headers.ContentLength is { } length && start + length > maxLength)
        {
            if (isRest)
            {
                part.Clear();
            }

            throw new MirrorException(MirrorReason.TooLong(start + length, maxLength));
        }
    }

    private async Task CopyAsync(
        Stream body, PartialFile part, long maxLength, Action<long> onBytes, CancellationTokenSource silence, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[BufferSize];
        int sinceHeard = 0;
        int count;

        // Reads at most one byte too many, so that an endless response ends here.
        while ((count = await body.ReadAsync(buffer.AsMemory(0, (int)Math.Min(BufferSize, maxLength + 1 - part.Length)), cancellationToken)) > 0)
        {
            if (part.Length + count > maxLength)
            {
                part.Clear();
                throw new MirrorException(MirrorReason.TooLong(null, maxLength));
            }

            part.Append(buffer.AsMemory(0, count));
            onBytes(part.Length);
            sinceHeard += count;
            if (sinceHeard >= DownloadTimeouts.Stride)
            {
                sinceHeard = 0;
                silence.CancelAfter(_timeouts.Read);
            }
        }
    }

    // A weak tag may also match equivalent content with different bytes.
    private static RangeConditionHeaderValue? ValidatorOf(HttpResponseMessage response) =>
        response.Headers.ETag is { IsWeak: false } tag ? new RangeConditionHeaderValue(tag)
        : response.Content.Headers.LastModified is { } modified ? new RangeConditionHeaderValue(modified)
        : null;
}
