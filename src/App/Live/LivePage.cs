using ConvNN.App.Configuration;
using ConvNN.App.Hosting;
using ConvNN.App.Log;
using ConvNN.App.Log.Events;
using ConvNN.Dashboard;

namespace ConvNN.App.Live;

/// <summary>The page of a run, while it trains and until the user has seen enough of it.</summary>
internal sealed class LivePage : IAsyncDisposable
{
    private readonly RunLog _log;
    private readonly StopSignals _signals;
    private readonly EventFeed _feed;
    private readonly WebServer _server;

    private LivePage(RunLog log, StopSignals signals, EventFeed feed, RunFeed run, WebServer server)
    {
        (_log, _signals, _feed, Run, _server) = (log, signals, feed, run, server);
    }

    /// <summary>How often a trainer should report progress to it.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Tells the page what happens.</summary>
    public RunFeed Run { get; }

    /// <summary>Opens the page.</summary>
    /// <param name="options">Where; the port is given.</param>
    /// <param name="log">The log, whose events it tells from now on.</param>
    /// <param name="signals">Stops the run when the page asks for it.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="WebServerException">It cannot be opened.</exception>
    public static async Task<LivePage> OpenAsync(DashboardOptions options, RunLog log, StopSignals signals, TimeProvider time)
    {
        EventFeed feed = new();
        RunFeed run = new(feed, time);
        WebAction stop = new("POST", "/stop", (_, _) =>
        {
            signals.Request("the page");
            return Task.FromResult(WebAnswer.Of("{}"));
        });
        WebServer server = await WebServer.StartAsync(
            new WebAddress(options.Host, options.Port!.Value), PageFiles.Of("live.html", "live.css", "live.js", "pipeline.js", "dom.js"), [stop], feed);
        LivePage page = new(log, signals, feed, run, server);
        log.Write(new TextEvent("page", $"{server.Address.AbsoluteUri:address}") { Audience = Audience.Output });
        log.Watcher = run.Log;
        return page;
    }

    /// <summary>Keeps the page open after the run until a signal comes, unless one has.</summary>
    public async Task StayAsync()
    {
        _feed.Put("end", """{"event":"end"}""");
        if (_signals.Signalled.IsCancellationRequested)
        {
            return;
        }

        _log.Watcher = null;
        _signals.IsIdle = true;
        _log.Write(new TextEvent("open", $"{_server.Address.AbsoluteUri:address} until ^C") { Audience = Audience.Output });
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _signals.Signalled);
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _log.Watcher = null;
        await _server.DisposeAsync();
    }
}
