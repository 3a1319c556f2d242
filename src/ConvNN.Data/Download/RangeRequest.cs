using System.Net.Http.Headers;
using ConvNN.Data.Cache;

namespace ConvNN.Data.Download;

/// <summary>Requests a file from a given byte on, and follows redirects to allowed addresses.</summary>
internal static class RangeRequest
{
    private const int MaxRedirects = 5;

    /// <summary>Sends the request and waits for the response headers.</summary>
    /// <param name="client">The client, which must not follow redirects itself.</param>
    /// <param name="address">The file.</param>
    /// <param name="start">The first byte to request.</param>
    /// <param name="condition">The version to resume, as <c>If-Range</c> of RFC 9110; null for the whole file in any version.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="MirrorException">
    /// The file would come from an address that is not allowed or that this machine cannot ask, or there are too many redirects.
    /// </exception>
    public static async Task<HttpResponseMessage> SendAsync(
        HttpClient client, Uri address, long start, RangeConditionHeaderValue? condition, CancellationToken cancellationToken)
    {
        if (!DatasetOptions.IsAllowed(address))
        {
            throw new MirrorException("can be used over https only");
        }

        for (int redirects = 0; ; redirects++)
        {
            SecureTransport.Check(address);
            using HttpRequestMessage request = new(HttpMethod.Get, address);
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
            if (condition is not null)
            {
                request.Headers.Range = new RangeHeaderValue(start, null);
                request.Headers.IfRange = condition;
            }

            HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if ((int)response.StatusCode is < 300 or >= 400 || response.Headers.Location is not { } location)
            {
                return response;
            }

            response.Dispose();
            Uri next = new(address, location);

            // A remote server must not redirect to http on this machine.
            if (next.Scheme != Uri.UriSchemeHttps && !(DatasetOptions.IsAllowed(next) && address.Scheme == next.Scheme))
            {
                throw new MirrorException($"redirects to {next.Scheme}://{next.Authority}, which is not https");
            }

            address = redirects < MaxRedirects ? next : throw new MirrorException($"redirects more than {MaxRedirects} times");
        }
    }
}
