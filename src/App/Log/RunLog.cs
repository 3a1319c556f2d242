using System.Threading.Channels;
using ConvNN.App.Configuration;
using ConvNN.App.Log.Drawing;
using ConvNN.App.Log.Events;
using ConvNN.App.Output;
using Microsoft.Extensions.Logging;

namespace ConvNN.App.Log;

/// <summary>
/// The one stream of events. Writing to it never waits for stdout: a separate task shows events there, since its reader
/// may have paused or gone. <c>log.txt</c> is written at once.
/// </summary>
internal sealed class RunLog : IAsyncDisposable
{
    // If the reader of stdout falls further behind, the oldest events are dropped.
    private const int Capacity = 4096;

    // A paused reader of stdout must not keep the process from ending.
    private static readonly TimeSpan ReaderPatience = TimeSpan.FromSeconds(2);

    private readonly Channel<(DateTimeOffset Time, RunEvent What)> _queue = Channel.CreateBounded<(DateTimeOffset, RunEvent)>(
        new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly Lock _gate = new();
    private readonly LineWriter _output;
    private readonly IDisplay _text;
    private readonly IDisplay _json;
    private readonly TimeProvider _time;
    private readonly Task _showing;
    private LogFile? _file;

    /// <summary>Starts showing events on stdout.</summary>
    /// <param name="output">stdout.</param>
    /// <param name="time">The clock.</param>
    public RunLog(LineWriter output, TimeProvider time)
    {
        _output = output;
        _text = output.Terminal is { } terminal ? new TerminalDisplay(output, terminal) : new LineDisplay(output, new KeyValueFormat());
        _json = new LineDisplay(output, new JsonFormat());
        _time = time;
        _showing = Task.Run(ShowAsync);
    }

    /// <summary>The format of stdout.</summary>
    public LogFormat Format { get; set; }

    /// <summary>Whether there is a status line, which needs more frequent progress reports than a file.</summary>
    public bool HasStatusLine => Format == LogFormat.Text && _output.Terminal is not null;

    /// <summary>Which levels of a run's own events stdout shows.</summary>
    public Func<LogLevel, bool> IsShown { get; set; } = _ => true;

    /// <summary>Is told of each event as well, on the thread that writes it; null for nobody.</summary>
    public Action<DateTimeOffset, RunEvent>? Watcher { get; set; }

    /// <summary>Whether <c>log.txt</c> has every line, so that a run has lost none of them even if stdout could not be written.</summary>
    public bool WasKept { get; private set; }

    /// <summary>Logs an event.</summary>
    public void Write(RunEvent what)
    {
        lock (_gate)
        {
            DateTimeOffset now = _time.GetUtcNow();
            Watcher?.Invoke(now, what);
            Keep(now, what);
            if (what.IsFiltered || IsShown(what.Level))
            {
                _queue.Writer.TryWrite((now, what));
            }
        }
    }

    /// <summary>Starts buffering events for a <c>log.txt</c>.</summary>
    public void BeginFile()
    {
        lock (_gate)
        {
            _file = new LogFile();
        }
    }

    /// <summary>Creates <c>log.txt</c> with the buffered events; later events are written to it directly.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isResumed">Whether the file already exists and is appended to.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be written.</exception>
    public void OpenFile(string path, bool isResumed)
    {
        lock (_gate)
        {
            _file ??= new LogFile();
            try
            {
                _file.Open(path, isResumed);
                WasKept = true;
            }
            catch (Exception)
            {
                _file.Dispose();
                _file = null;
                throw;
            }
        }
    }

    /// <summary>Shows the remaining events, unless nobody reads them, and ends. Nothing is shown or written afterwards.</summary>
    public async Task CompleteAsync()
    {
        lock (_gate)
        {
            _queue.Writer.TryComplete();
            _file?.Dispose();
            _file = null;
        }

        await Task.WhenAny(_showing, Task.Delay(ReaderPatience, _time));
        if (!_showing.IsCompleted)
        {
            _output.Silence();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await CompleteAsync();

    private async Task ShowAsync()
    {
        await foreach ((DateTimeOffset time, RunEvent what) in _queue.Reader.ReadAllAsync())
        {
            (Format == LogFormat.Json ? _json : _text).Show(time, what);
        }
    }

    private void Keep(DateTimeOffset now, RunEvent what)
    {
        if (_file is null || what.Audience is Audience.StatusLine or Audience.Output)
        {
            return;
        }

        try
        {
            _file.Write(now, what);
        }
        catch (IOException failure)
        {
            // A run is worth more than its log file, and stdout still shows the events.
            _file.Dispose();
            _file = null;
            WasKept = false;
            _queue.Writer.TryWrite((now, TextEvent.Warning($"{LogFile.Name} can no longer be written; the run continues: {failure.Message}")));
        }
    }
}
