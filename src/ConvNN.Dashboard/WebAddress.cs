using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace ConvNN.Dashboard;

/// <summary>Where pages are served, and who may see them: without a host only programs of this machine, otherwise whoever has the token.</summary>
public sealed class WebAddress
{
    /// <summary>The host that stands for all addresses of the machine.</summary>
    public const string AnyHost = "*";

    private const int DefaultPort = 80;

    private readonly string? _host;

    /// <summary>An address.</summary>
    /// <param name="host">A name or an address of this machine; <c>*</c> for all of them; null for the loopback address.</param>
    /// <param name="port">The port; 0 for any that is free.</param>
    public WebAddress(string? host, int port)
    {
        _host = IPAddress.TryParse(host, out IPAddress? given) && (given.Equals(IPAddress.Any) || given.Equals(IPAddress.IPv6Any)) ? AnyHost : host;
        Port = port;

        // 122 bits of the system's secure random numbers, also where there is no OpenSSL, which the framework's cryptography needs.
        Token = IsLoopback ? null : Guid.NewGuid().ToString("N");
    }

    /// <summary>The port; 0 for any that is free.</summary>
    public int Port { get; }

    /// <summary>What a request must carry; null if it comes from this machine in any case.</summary>
    public string? Token { get; }

    private bool IsLoopback =>
        _host is null || _host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(_host, out IPAddress? address) && IPAddress.IsLoopback(address));

    /// <summary>The address to listen at.</summary>
    /// <exception cref="WebServerException">The host is not one of this machine.</exception>
    public IPAddress Listened()
    {
        switch (_host)
        {
            case null:
                return IPAddress.Loopback;
            case AnyHost:
                return IPAddress.Any;
        }

        try
        {
            return IPAddress.TryParse(_host, out IPAddress? given) ? given
                : Dns.GetHostAddresses(_host).OrderBy(address => address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1).First();
        }
        catch (Exception unknown) when (unknown is SocketException or ArgumentException or InvalidOperationException)
        {
            throw Unknown(unknown is SocketException ? unknown : new SocketException((int)SocketError.HostNotFound));
        }
    }

    /// <summary>The host is not this machine.</summary>
    /// <param name="cause">What the system says.</param>
    internal WebServerException Unknown(Exception cause) =>
        new($"'{_host}' is not a name or an address of this machine ({cause.Message.TrimEnd('.')}); give one that is, {AnyHost} for all, or leave it out for this machine alone.", cause);

    /// <summary>The address that people open.</summary>
    /// <param name="bound">The port in use.</param>
    public Uri Opened(int bound) =>
        new UriBuilder("http", _host switch { null => $"{IPAddress.Loopback}", AnyHost => Reached(), _ => _host }, bound, "/") { Query = Token is null ? "" : $"token={Token}" }.Uri;

    /// <summary>Whether a request names this server, so that a foreign name that leads here is refused (DNS rebinding).</summary>
    /// <param name="asked">The host that the request names.</param>
    /// <param name="bound">The port in use.</param>
    public bool IsNamed(string asked, int bound) =>
        Token is not null || ((string[])["127.0.0.1", "localhost", "[::1]", _host ?? "localhost"]).Any(name =>
            asked.Equals($"{name}:{bound}", StringComparison.OrdinalIgnoreCase) || (bound == DefaultPort && asked.Equals(name, StringComparison.OrdinalIgnoreCase)));

    /// <summary>The address under which other machines reach this one; a name that they may not know only if it has none.</summary>
    private static string Reached() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(net => net.OperationalStatus == OperationalStatus.Up && net.NetworkInterfaceType != NetworkInterfaceType.Loopback)
        .SelectMany(net => net.GetIPProperties().UnicastAddresses)
        .Select(address => address.Address)
        .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address))?.ToString() ?? Dns.GetHostName();
}
