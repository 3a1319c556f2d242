using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ConvNN.Data.Tests.Download;

/// <summary>A web server on this machine that answers each request as a test wants it, also in ways that no proper server would.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private const byte TlsHandshake = 22;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<LoopbackRequest> _requests = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Func<LoopbackRequest, LoopbackAnswer, Task> _answer;
    private readonly Task _accepting;

    private LoopbackServer(Func<LoopbackRequest, LoopbackAnswer, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Its root folder.</summary>
    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/"));

    /// <summary>What was asked so far.</summary>
    public IReadOnlyList<LoopbackRequest> Requests => [.. _requests];

    /// <summary>Starts a server.</summary>
    /// <param name="answer">Answers a request; the connection is closed afterwards.</param>
    public static LoopbackServer Start(Func<LoopbackRequest, LoopbackAnswer, Task> answer) => new(answer);

    /// <summary>An address of this machine where nobody listens.</summary>
    public static Uri Nobody()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        return new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}/"));
    }

    public async ValueTask DisposeAsync()
    {
        // First the loop ends, since a listener that was stopped refuses to accept with an exception of its own.
        await _stop.CancelAsync();
        await _accepting;
        _listener.Stop();
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task<LoopbackRequest> ReadAsync(Stream stream)
    {
        using StreamReader reader = new(stream, Encoding.Latin1, leaveOpen: true);
        string path = (await reader.ReadLineAsync(_stop.Token) ?? "").Split(' ').ElementAtOrDefault(1) ?? "";
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } line)
        {
            headers[line.Split(':')[0]] = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        }

        return new LoopbackRequest(path, headers);
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using NetworkStream stream = new(socket, ownsSocket: true);
            byte[] first = new byte[1];
            await socket.ReceiveAsync(first, SocketFlags.Peek, _stop.Token);
            LoopbackRequest request = first[0] == TlsHandshake ? LoopbackRequest.Tls : await ReadAsync(stream);
            _requests.Enqueue(request);
            await _answer(request, new LoopbackAnswer(stream, _stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
        {
            // The client has gone, or the test is over.
        }
    }
}
