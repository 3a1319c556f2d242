using System.Net;
using System.Net.Sockets;

namespace ConvNN.Dashboard;

/// <summary>Where pages are served, and who may see them: without a host only programs of this machine, otherwise whoever has the token.</summary>
/// <param name="host">A name or an address of this machine; <c>*</c> for all of them; null for the loopback address.</param>
/// <param name="port">The port; 0 for any that is free.</param>
public sealed class WebAddress(string? host, int port)
{
    /// <summary>The host that stands for all addresses of the machine.</summary>
    public const string AnyHost = "*";

    /// <summary>The port; 0 for any that is free.</summary>
    public int Port => port;

    /// <summary>What a request must carry; null if it comes from this machine in any case.</summary>
    /// <remarks>A GUID is 122 bits of the system's secure random numbers, also where there is no OpenSSL, which the framework's cryptography needs.</remarks>
    public string? Token { get; } = IsLoopback(host) ? null : Guid.NewGuid().ToString("N");

    /// <summary>The address to listen at.</summary>
    /// <exception cref="WebServerException">The host is not one of this machine.</exception>
    public IPAddress Listened()
    {
        if (host is null)
        {
            return IPAddress.Loopback;
        }

        if (host == AnyHost)
        {
            return IPAddress.Any;
        }

        try
        {
            return IPAddress.TryParse(host, out IPAddress? given) ? given
                : Dns.GetHostAddresses(host).OrderBy(address => address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1).First();
        }
        catch (SocketException unknown)
        {
            throw Unknown(unknown);
        }
    }

    /// <summary>The host is not this machine.</summary>
    /// <param name="cause">What the system says.</param>
    internal WebServerException Unknown(Exception cause) =>
        new($"'{host}' is not a name or an address of this machine ({cause.Message.TrimEnd('.')}); give one that is, {AnyHost} for all, or leave it out for this machine alone.", cause);

    /// <summary>The address that people open.</summary>
    /// <param name="bound">The port in use.</param>
    public Uri Opened(int bound)
    {
        string name = host switch
        {
            null => IPAddress.Loopback.ToString(),
            AnyHost => Dns.GetHostName(),
            _ => host,
        };
        return new UriBuilder("http", name, bound, "/") { Query = Token is null ? "" : $"token={Token}" }.Uri;
    }

    /// <summary>Whether a request names this server, so that a foreign name that leads here is refused (DNS rebinding).</summary>
    /// <param name="asked">The host that the request names.</param>
    /// <param name="bound">The port in use.</param>
    public bool IsNamed(string asked, int bound) =>
        Token is not null || asked == $"127.0.0.1:{bound}" || asked.Equals($"localhost:{bound}", StringComparison.OrdinalIgnoreCase) || asked == $"[::1]:{bound}";

    private static bool IsLoopback(string? host) =>
        host is null || host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));
}
