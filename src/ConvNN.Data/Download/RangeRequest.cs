using System.Net.Http.Headers;
using ConvNN.Data.Cache;

namespace ConvNN.Data.Download;

/// <summary>Asks for a file from some byte on, and follows redirects to where it may come from.</summary>
internal static class RangeRequest
{
    private const int MaxRedirects = 5;

    /// <summary>Sends the request and waits for the headers of the answer.</summary>
    /// <param name="client">Sends it; must not follow redirects itself.</param>
    /// <param name="address">The file.</param>
    /// <param name="start">The first byte that is wanted.</param>
    /// <param name="condition">The version that is wanted, RFC 9110's <c>If-Range</c>; null for the whole file, whatever its version.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="MirrorException">It is to come from where a file must not come from, or is redirected too often.</exception>
    public static async Task<HttpResponseMessage> SendAsync(
        HttpClient client, Uri address, long start, RangeConditionHeaderValue? condition, CancellationToken cancellationToken)
    {
        if (!DatasetOptions.IsAllowed(address))
        {
            throw new MirrorException("may be asked over https only");
        }

        for (int redirects = 0; ; redirects++)
        {
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

            // A server elsewhere must not send anybody to http on this machine.
            if (next.Scheme != Uri.UriSchemeHttps && !(DatasetOptions.IsAllowed(next) && address.Scheme == next.Scheme))
            {
                throw new MirrorException($"redirects to {next.Scheme}://{next.Authority}, which is not https");
            }

            address = redirects < MaxRedirects ? next : throw new MirrorException($"redirects more than {MaxRedirects} times");
        }
    }
}
