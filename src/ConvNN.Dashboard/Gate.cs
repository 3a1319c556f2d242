using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ConvNN.Dashboard;

/// <summary>
/// Lets in only whom the server is for: requests that name it as it is called (a foreign name that leads here is DNS rebinding), that no
/// other site sends, and, where the server is open to other machines, that carry its token.
/// </summary>
/// <param name="address">The server's address.</param>
/// <param name="port">The port in use.</param>
internal sealed class Gate(WebAddress address, int port)
{
    private const string Parameter = "token";

    // Cookies are shared between ports.
    private readonly string _cookie = $"convnn-{port}";

    /// <summary>What every answer says to the browser: nothing from elsewhere, no code in the page, no frame around it, nothing kept.</summary>
    public static void Protect(HttpResponse response)
    {
        IHeaderDictionary headers = response.Headers;
        headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers[HeaderNames.CacheControl] = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
    }

    /// <summary>Why a request is refused; null if it is not.</summary>
    public WebAnswer? Refusal(HttpRequest request)
    {
        if (!address.IsNamed(request.Host.Value ?? "", port))
        {
            return WebAnswer.Refuse($"open it as {address.Opened(port).GetLeftPart(UriPartial.Authority)}/.", StatusCodes.Status421MisdirectedRequest);
        }

        string? origin = request.Headers.Origin, site = request.Headers["Sec-Fetch-Site"];
        bool isForeign = (!string.IsNullOrEmpty(origin) && origin != $"http://{request.Host.Value}")
            || (site is "cross-site" or "same-site" && !(HttpMethods.IsGet(request.Method) && request.Headers["Sec-Fetch-Mode"] == "navigate"));
        if (isForeign)
        {
            return WebAnswer.Refuse("other sites may not ask this server.", StatusCodes.Status403Forbidden);
        }

        return address.Token is null || Carried(request).Any(IsToken)
            ? null
            : WebAnswer.Refuse("open the address that the program printed: it carries a token.", StatusCodes.Status401Unauthorized);
    }

    /// <summary>Keeps a token that came with the address in a cookie, so that it does not stay in the browser's history.</summary>
    /// <returns>Whether it did, so that the page is to be opened again without it.</returns>
    public bool Enters(HttpRequest request, HttpResponse response)
    {
        if (request.Path != "/" || !HttpMethods.IsGet(request.Method) || address.Token is not { } token || !IsToken(request.Query[Parameter]))
        {
            return false;
        }

        // Lax: a link in a chat leads here, and the browser must send the cookie after the redirect. What other sites send is refused anyway.
        response.Cookies.Append(_cookie, token, new CookieOptions { HttpOnly = true, SameSite = Microsoft.AspNetCore.Http.SameSiteMode.Lax, Path = "/" });
        return true;
    }

    private IEnumerable<string?> Carried(HttpRequest request)
    {
        yield return request.Cookies[_cookie];
        yield return request.Query[Parameter];
        string authorization = request.Headers.Authorization.ToString();
        yield return authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? authorization[7..].Trim() : null;
    }

    private bool IsToken(string? given) =>
        given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(address.Token!));
}
