using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ConvNN.Dashboard.Tests;

/// <summary>A server that strangers ask: other sites, other machines, hostile clients.</summary>
public sealed class WebServerTests : IAsyncDisposable
{
    private const int Readers = 32;
    private const int MostBytes = 1 << 20;

    private readonly EventFeed _feed = new();
    private readonly HttpClient _client = new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
    private WebServer? _server;

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [Theory]
    [InlineData("127.0.0.1:{0}", HttpStatusCode.OK)]
    [InlineData("localhost:{0}", HttpStatusCode.OK)]
    [InlineData("LOCALHOST:{0}", HttpStatusCode.OK)]
    [InlineData("evil.example:{0}", HttpStatusCode.MisdirectedRequest)]         // a name of theirs that leads here
    [InlineData("localhost.evil.example:{0}", HttpStatusCode.MisdirectedRequest)]
    [InlineData("localhost:1", HttpStatusCode.MisdirectedRequest)]
    public async Task Get_NamesAHost_IsAnsweredOnlyUnderItsOwn(string host, HttpStatusCode expected)
    {
        await StartAsync();

        using HttpResponseMessage answer = await SendAsync(HttpMethod.Get, "/", ("Host", string.Format(System.Globalization.CultureInfo.InvariantCulture, host, _server!.Address.Port)));

        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory]
    [InlineData("Origin", "http://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "null", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "https://127.0.0.1:{0}", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "http://127.0.0.1:{0}", HttpStatusCode.OK)]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-site", HttpStatusCode.Forbidden)]       // another port of this machine
    [InlineData("Sec-Fetch-Site", "same-origin", HttpStatusCode.OK)]
    [InlineData("Accept", "*/*", HttpStatusCode.OK)]                             // no browser at all
    public async Task Post_FromElsewhere_IsRefused(string header, string value, HttpStatusCode expected)
    {
        await StartAsync();

        using HttpResponseMessage answer = await SendAsync(HttpMethod.Post, "/act", (header, string.Format(System.Globalization.CultureInfo.InvariantCulture, value, _server!.Address.Port)));

        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(expected == HttpStatusCode.OK ? 1 : 0, _acted);
    }

    /// <summary>A link on another page may lead here; what it loads may not come from there.</summary>
    [Fact]
    public async Task Get_FromElsewhere_OnlyAsALink()
    {
        await StartAsync();

        using HttpResponseMessage link = await SendAsync(HttpMethod.Get, "/", ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"));
        using HttpResponseMessage part = await SendAsync(HttpMethod.Get, "/live.js", ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors"));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (link.StatusCode, part.StatusCode));
    }

    [Fact]
    public async Task Get_FromOtherMachines_NeedsTheTokenOfTheAddress()
    {
        await StartAsync(host: WebAddress.AnyHost);
        string token = _server!.Address.Query["?token=".Length..];
        Assert.Equal(32, token.Length);

        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(HttpMethod.Get, "/")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(HttpMethod.Get, "/events")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(HttpMethod.Get, $"/?token={token[..31]}")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(HttpMethod.Post, "/act", ("Authorization", $"Bearer {token[1..]}x"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Post, "/act", ("Authorization", $"Bearer {token}"))).StatusCode);

        // The browser opens the page again without the token in its address, and is known by a cookie.
        using HttpResponseMessage entered = await SendAsync(HttpMethod.Get, $"/?token={token}");
        string cookie = Assert.Single(entered.Headers.GetValues("Set-Cookie"));
        Assert.Equal((HttpStatusCode.Redirect, "/"), (entered.StatusCode, entered.Headers.Location!.OriginalString));
        Assert.Contains("httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("samesite=lax", cookie, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, "/", ("Cookie", cookie.Split(';')[0]))).StatusCode);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/missing")]
    [InlineData("/act")]
    public async Task Answer_OfAnyKind_ForbidsCodeFromElsewhere(string path)
    {
        await StartAsync();

        using HttpResponseMessage answer = await SendAsync(HttpMethod.Get, path);

        string policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.False(answer.Headers.Contains("Server"));
    }

    [Theory]
    [InlineData("/../../../../etc/passwd")]
    [InlineData("/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/..%2f..%2fetc%2fpasswd")]
    [InlineData("/live.js/../../appsettings.json")]
    [InlineData("//etc/passwd")]
    public async Task Get_APathOutside_IsNotThere(string path)
    {
        await StartAsync();

        string answer = await SendRawAsync($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{_server!.Address.Port}\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 404", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_ABodyThatIsTooLarge_IsRefusedUnread()
    {
        await StartAsync();

        string answer = await SendRawAsync(
            $"POST /act HTTP/1.1\r\nHost: 127.0.0.1:{_server!.Address.Port}\r\nContent-Length: {MostBytes + 1}\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
        Assert.Contains("more than 1 MiB", answer, StringComparison.Ordinal);
        Assert.Equal(0, _acted);
    }

    /// <summary>What needs no body takes none: it would only fill the memory of a run.</summary>
    [Fact]
    public async Task Post_ABodyThatNobodyWants_IsNotRead()
    {
        await StartAsync();

        string answer = await SendRawAsync($"POST /stop HTTP/1.1\r\nHost: 127.0.0.1:{_server!.Address.Port}\r\nContent-Length: 100000000\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HEAD", "/", HttpStatusCode.OK)]
    [InlineData("POST", "/", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/act", HttpStatusCode.MethodNotAllowed)]
    [InlineData("OPTIONS", "/act", HttpStatusCode.MethodNotAllowed)]
    public async Task Ask_ByAnyMethod_IsAnsweredByTheRight(string method, string path, HttpStatusCode expected)
    {
        await StartAsync();

        using HttpResponseMessage answer = await SendAsync(new HttpMethod(method), path);

        Assert.Equal(expected, answer.StatusCode);
    }

    /// <summary>A token leads to the server's own page, and only the right one.</summary>
    [Theory]
    [InlineData("//evil.example/?token={0}", HttpStatusCode.NotFound)]
    [InlineData("/live.js?token={0}", HttpStatusCode.OK)]
    [InlineData("/?token=0{0}", HttpStatusCode.Unauthorized)]
    public async Task Get_ATokenElsewhere_RedirectsNowhere(string path, HttpStatusCode expected)
    {
        await StartAsync(host: "0.0.0.0");
        string target = string.Format(System.Globalization.CultureInfo.InvariantCulture, path, _server!.Address.Query["?token=".Length..]);

        string answer = await SendRawAsync($"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{_server.Address.Port}\r\nConnection: close\r\n\r\n");

        Assert.StartsWith($"HTTP/1.1 {(int)expected}", answer, StringComparison.Ordinal);
    }

    /// <summary>Any address of the loopback, as it was printed.</summary>
    [Fact]
    public async Task Get_AnotherLoopbackAddress_IsAnsweredUnderIt()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere there is only one.");
        await StartAsync(host: "127.0.0.2");

        using HttpResponseMessage answer = await _client.GetAsync(_server!.Address, TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.OK, ""), (answer.StatusCode, _server.Address.Query));
    }

    /// <summary>What failed, and where, is not for strangers.</summary>
    [Fact]
    public async Task Post_AnActionThatFails_TellsNothingAboutIt()
    {
        await StartAsync();

        using HttpResponseMessage answer = await SendAsync(HttpMethod.Post, "/fail");

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal("""{"error":"the server could not answer."}""", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Get_Events_BeginWithTheHistoryAndGoOn()
    {
        await StartAsync();
        _feed.Put("epoch", """{"event":"epoch","epoch":1}""");
        using Stream events = await _client.GetStreamAsync(new Uri(_server!.Address, "/events"), TestContext.Current.CancellationToken);
        using StreamReader reader = new(events);

        Assert.Equal("event: begin", await NextAsync(reader));
        Assert.Equal("data: {}", await NextAsync(reader));
        Assert.Equal("""data: {"event":"epoch","epoch":1}""", await NextAsync(reader));
        _feed.Put("epoch", """{"event":"epoch","epoch":2}""");
        Assert.Equal("""data: {"event":"epoch","epoch":2}""", await NextAsync(reader));
        _feed.Complete();
        Assert.Null(await NextAsync(reader));
    }

    /// <summary>A reader that never reads costs the run nothing: putting does not wait, and other readers get everything.</summary>
    [Fact]
    public async Task Get_EventsByAReaderThatNeverReads_HoldsUpNobody()
    {
        await StartAsync();
        using TcpClient silent = new() { ReceiveBufferSize = 1024 };
        await silent.ConnectAsync(IPAddress.Loopback, _server!.Address.Port, TestContext.Current.CancellationToken);
        await silent.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET /events HTTP/1.1\r\nHost: 127.0.0.1:{_server.Address.Port}\r\n\r\n"), TestContext.Current.CancellationToken);
        string large = $$"""{"event":"filters","text":"{{new string('x', 10_000)}}"}""";
        for (int i = 0; i < 20_000; i++)
        {
            _feed.Put("filters", large);
        }

        _feed.Put("end", """{"event":"end"}""");
        _feed.Complete();
        string all = await _client.GetStringAsync(new Uri(_server.Address, "/events"), TestContext.Current.CancellationToken);

        Assert.EndsWith("data: {\"event\":\"end\"}\n\n", all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_EventsByTooManyReaders_IsRefused()
    {
        await StartAsync();
        List<Stream> readers = [];
        for (int i = 0; i < Readers; i++)
        {
            readers.Add(await _client.GetStreamAsync(new Uri(_server!.Address, "/events"), TestContext.Current.CancellationToken));
        }

        using HttpResponseMessage answer = await SendAsync(HttpMethod.Get, "/events");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        readers.ForEach(reader => reader.Dispose());
    }

    [Fact]
    public async Task Start_PortInUse_SaysWhatToDo()
    {
        await StartAsync();
        int port = _server!.Address.Port;

        WebServerException taken = await Assert.ThrowsAsync<WebServerException>(() => WebServer.StartAsync(new WebAddress(null, port), new Dictionary<string, WebFile>(), []));

        Assert.Equal($"port {port} of 127.0.0.1 cannot be used (address already in use); name another, or 0 for any that is free.", taken.Message, ignoreCase: true);
    }

    [Theory]
    [InlineData("192.0.2.1")]               // an address that no machine has
    [InlineData("no-such-host.invalid")]
    [InlineData("a-very-long-name-a-very-long-name-a-very-long-name-a-very-long-name-a-very-long-name-a-very-long-name-a-very-long-name-a-very-long-name-a-very-long-name-a-very-long-name-a-very-long-name-a-very-long-name-a-very-long-name-a-very-long-name-a-very-long-name-a-very-long")]
    public async Task Start_HostOfNoMachine_SaysWhatToDo(string host)
    {
        WebServerException foreign = await Assert.ThrowsAsync<WebServerException>(() => WebServer.StartAsync(new WebAddress(host, 0), new Dictionary<string, WebFile>(), []));

        Assert.StartsWith($"'{host}' is not a name or an address of this machine (", foreign.Message, StringComparison.Ordinal);
        Assert.EndsWith("; give one that is, * for all, or leave it out for this machine alone.", foreign.Message, StringComparison.Ordinal);
    }

    private int _acted;

    private async Task StartAsync(string? host = null)
    {
        WebAction act = new("POST", "/act", (_, _) =>
        {
            _acted++;
            return Task.FromResult(WebAnswer.Of("{}"));
        })
        { MostBytes = MostBytes };
        WebAction stop = new("POST", "/stop", (_, _) => Task.FromResult(WebAnswer.Of("{}")));
        WebAction fail = new("POST", "/fail", (_, _) => throw new InvalidOperationException("/home/someone/secret"));
        Dictionary<string, WebFile> files = new() { ["/"] = WebFile.Of("live.html"), ["/live.js"] = WebFile.Of("live.js") };
        _server = await WebServer.StartAsync(new WebAddress(host, 0), files, [act, stop, fail], _feed);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(method, new Uri($"http://127.0.0.1:{_server!.Address.Port}{path}"));
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    private async Task<string> SendRawAsync(string request)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, _server!.Address.Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        using StreamReader reader = new(client.GetStream());
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<string?> NextAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.Length > 0)
            {
                return line;
            }
        }

        return null;
    }
}
