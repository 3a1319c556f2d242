using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace ConvNN.Dashboard;

/// <summary>
/// Serves pages, an <see cref="EventFeed"/> and actions, closed to strangers: see <see cref="WebAddress"/> and <see cref="Gate"/>. A
/// request that fails costs its client an answer and nobody else anything.
/// </summary>
public sealed class WebServer : IAsyncDisposable
{
    private const int MostConnections = 128;
    private const int MostReaders = 32;
    private const int MostWaitingActions = 8;

    // Often enough to look alive, and never more often, whatever a reader does.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly WebApplication _application;
    private readonly EventFeed? _feed;
    private readonly SemaphoreSlim _readers = new(MostReaders);

    // Half of the cores are left to whatever runs beside.
    private readonly SemaphoreSlim _actions = new(Math.Max(1, Environment.ProcessorCount / 2));
    private int _waiting;

    private WebServer(WebApplication application, EventFeed? feed, Uri address)
    {
        _application = application;
        _feed = feed;
        Address = address;
    }

    /// <summary>The address to open, with the token if there is one.</summary>
    public Uri Address { get; private set; }

    /// <summary>Starts a server.</summary>
    /// <param name="address">Where.</param>
    /// <param name="files">The files by their paths, such as <c>/</c> and <c>/live.js</c>.</param>
    /// <param name="actions">What can be asked for.</param>
    /// <param name="feed">What <c>GET /events</c> tells; null for nothing.</param>
    /// <exception cref="WebServerException">The port is in use, the host is not this machine's, or ASP.NET Core is not installed.</exception>
    public static Task<WebServer> StartAsync(
        WebAddress address, IReadOnlyDictionary<string, WebFile> files, IReadOnlyList<WebAction> actions, EventFeed? feed = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        AspNetCore.Require();
        return BeginAsync(address, files, actions, feed);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Readers get what is left first.
        _feed?.Complete();
        using CancellationTokenSource enough = new(Patience);
        try
        {
            await _application.StopAsync(enough.Token);
        }
        catch (OperationCanceledException)
        {
        }

        await _application.DisposeAsync();
        _readers.Dispose();
        _actions.Dispose();
    }

    // Apart, since it cannot be compiled before ASP.NET Core is found.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WebServer> BeginAsync(
        WebAddress address, IReadOnlyDictionary<string, WebFile> files, IReadOnlyList<WebAction> actions, EventFeed? feed)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        IPAddress listened = address.Listened();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
            kestrel.Listen(listened, address.Port, endpoint => endpoint.Protocols = HttpProtocols.Http1);
        });
        WebApplication application = builder.Build();
        WebServer server = new(application, feed, new Uri("http://localhost"));
        TaskCompletionSource<Gate> gate = new();
        application.Run(async context => await server.AnswerAsync(context, await gate.Task, files, actions));
        try
        {
            await application.StartAsync();
        }
        catch (IOException taken)
        {
            await application.DisposeAsync();
            throw new WebServerException($"port {address.Port} of {listened} cannot be used ({taken.InnerException?.Message ?? taken.Message}); name another, or 0 for any that is free.", taken);
        }
        catch (System.Net.Sockets.SocketException foreign)
        {
            await application.DisposeAsync();
            throw foreign.SocketErrorCode == System.Net.Sockets.SocketError.AccessDenied
                ? new WebServerException($"port {address.Port} needs rights that this user does not have; name one of 1024 and above, or 0 for any that is free.", foreign)
                : address.Unknown(foreign);
        }

        string bound = application.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
        int port = BindingAddress.Parse(bound).Port;
        server.Address = address.Opened(port);
        gate.SetResult(new Gate(address, port));
        return server;
    }

    private async Task AnswerAsync(HttpContext context, Gate gate, IReadOnlyDictionary<string, WebFile> files, IReadOnlyList<WebAction> actions)
    {
        (HttpRequest request, HttpResponse response) = (context.Request, context.Response);
        Gate.Protect(response);
        if (gate.Refusal(request) is { } refusal)
        {
            await WriteAsync(response, refusal);
        }
        else if (gate.Enters(request, response))
        {
            response.Redirect("/");
        }
        else if (files.TryGetValue(request.Path, out WebFile? file))
        {
            if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
            {
                await WriteAsync(response, WebAnswer.Refuse("pages take GET.", StatusCodes.Status405MethodNotAllowed));
                return;
            }

            response.ContentType = file.ContentType;
            await response.Body.WriteAsync(file.Content, context.RequestAborted);
        }
        else if (HttpMethods.IsGet(request.Method) && _feed is not null && request.Path == "/events")
        {
            await TellAsync(context, _feed);
        }
        else if (actions.FirstOrDefault(action => action.Path == request.Path) is { } action)
        {
            await (action.Method == request.Method ? ActAsync(context, action) : WriteAsync(response, WebAnswer.Refuse($"{action.Path} takes {action.Method}.", StatusCodes.Status405MethodNotAllowed)));
        }
        else
        {
            await WriteAsync(response, WebAnswer.Refuse("there is no such page.", StatusCodes.Status404NotFound));
        }
    }

    private async Task TellAsync(HttpContext context, EventFeed feed)
    {
        if (!await _readers.WaitAsync(TimeSpan.Zero))
        {
            await WriteAsync(context.Response, WebAnswer.Refuse("too many pages follow the run; close some.", StatusCodes.Status503ServiceUnavailable));
            return;
        }

        try
        {
            context.Response.ContentType = "text/event-stream";
            await SseFormatter.WriteAsync(Items(feed, context.RequestAborted), context.Response.Body, context.RequestAborted);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            // The reader left, or reads too slowly.
        }
        finally
        {
            _readers.Release();
        }
    }

    /// <summary>All items, from the first: a page that comes back begins anew.</summary>
    private static async IAsyncEnumerable<SseItem<string>> Items(EventFeed feed, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new SseItem<string>("{}", "begin");
        long last = 0;
        TimeSpan silence = TimeSpan.Zero;
        while (true)
        {
            bool isComplete = feed.IsComplete;
            foreach (FeedItem item in feed.After(last))
            {
                yield return new SseItem<string>(item.Json);
                (last, silence) = (item.Number, TimeSpan.Zero);
            }

            if (isComplete)
            {
                yield break;
            }

            if (silence > KeepAlive)
            {
                yield return new SseItem<string>("{}", "alive");
                silence = TimeSpan.Zero;
            }

            await Task.Delay(Interval, cancellationToken);
            silence += Interval;
        }
    }

    private async Task ActAsync(HttpContext context, WebAction action)
    {
        if (action.MostBytes == 0)
        {
            await RunAsync(context, action, ReadOnlyMemory<byte>.Empty);
            return;
        }

        // A place first, then the body: what waits outside costs no memory.
        if (Interlocked.Increment(ref _waiting) > MostWaitingActions)
        {
            Interlocked.Decrement(ref _waiting);
            context.Response.Headers.RetryAfter = "1";
            await WriteAsync(context.Response, WebAnswer.Refuse("too many requests wait; try again in a second.", StatusCodes.Status503ServiceUnavailable));
            return;
        }

        try
        {
            context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = action.MostBytes;
            using MemoryStream body = new();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            await _actions.WaitAsync(context.RequestAborted);
            try
            {
                await RunAsync(context, action, body.GetBuffer().AsMemory(0, (int)body.Length));
            }
            finally
            {
                _actions.Release();
            }
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException wrong)
        {
            await WriteAsync(context.Response, WebAnswer.Refuse(
                wrong.StatusCode == StatusCodes.Status413PayloadTooLarge ? $"the request has more than {action.MostBytes >> 20} MiB; send less at a time." : "the request cannot be read.", wrong.StatusCode));
        }
        catch (OperationCanceledException)
        {
            // The client left.
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private static async Task RunAsync(HttpContext context, WebAction action, ReadOnlyMemory<byte> body)
    {
        WebRequest request = new(
            (context.Request.ContentType ?? "").Split(';')[0].Trim().ToLowerInvariant(),
            body,
            context.Request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString()));
        WebAnswer answer;
        try
        {
            answer = await action.Run(request, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception)
        {
            // What exactly failed is not for strangers, and not for a run's log either.
            answer = WebAnswer.Refuse("the server could not answer.", StatusCodes.Status500InternalServerError);
        }

        await WriteAsync(context.Response, answer);
    }

    private static async Task WriteAsync(HttpResponse response, WebAnswer answer)
    {
        response.StatusCode = answer.Status;
        response.ContentType = "application/json";
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(answer.Json), response.HttpContext.RequestAborted);
    }
}
