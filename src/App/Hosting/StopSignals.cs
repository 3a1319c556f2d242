using System.Runtime.InteropServices;
using ConvNN.App.Log;
using ConvNN.App.Log.Events;

namespace ConvNN.App.Hosting;

/// <summary>
/// Asks a run to stop when the first signal arrives: the current step is finished and a summary is printed. The second
/// signal is left to the system, which ends the process at once.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    // By convention, 128 plus the signal number. On Windows, SIGQUIT is Ctrl+Break; elsewhere it is for those who want a core dump.
    private static readonly (PosixSignal Signal, int ExitCode)[] Handled =
    [
        (PosixSignal.SIGHUP, 129), (PosixSignal.SIGINT, 130), .. OperatingSystem.IsWindows() ? [(PosixSignal.SIGQUIT, 131)] : Array.Empty<(PosixSignal, int)>(),
        (PosixSignal.SIGTERM, 143),
    ];

    // Some programs signal a process and then its group, which delivers one signal twice: timeout of GNU does.
    private static readonly TimeSpan Echo = TimeSpan.FromSeconds(0.5);

    // A run that a page stopped is left by the code of ^C, too.
    private const int RequestedExitCode = 130;

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _signalled = new();
    private readonly ManualResetEventSlim _ended = new();
    private readonly Lock _gate = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly RunLog _log;
    private readonly TimeProvider _time;
    private readonly Func<PosixSignal, bool> _endsProcess;
    private PosixSignal? _first;
    private long _firstTime;
    private volatile string? _requester;

    /// <summary>Registers for the signals.</summary>
    /// <param name="log">Where the first signal is reported.</param>
    /// <param name="time">The clock.</param>
    /// <param name="endsProcess">
    /// For which signals the system ends the process as soon as their handler returns; null for those of this system: on Windows, a
    /// closed window, a log-off and a shutdown.
    /// </param>
    public StopSignals(RunLog log, TimeProvider time, Func<PosixSignal, bool>? endsProcess = null)
    {
        _log = log;
        _time = time;
        _endsProcess = endsProcess ?? (signal => OperatingSystem.IsWindows() && signal is PosixSignal.SIGHUP or PosixSignal.SIGTERM);
        _registrations = [.. Handled.Select(signal => PosixSignalRegistration.Create(signal.Signal, Handle))];
    }

    /// <summary>Cancelled by the first signal, or by a request.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Whether nothing runs that a signal would have to wait for: a page is served, no more.</summary>
    public bool IsIdle { get; set; }

    /// <summary>Cancelled by the first signal only.</summary>
    public CancellationToken Signalled => _signalled.Token;

    /// <summary>The exit code of a run stopped by a signal or a request; 0 if there was none.</summary>
    public int ExitCode => _requester is null ? Handled.FirstOrDefault(signal => signal.Signal == First).ExitCode : RequestedExitCode;

    /// <summary>The name of what stopped the run: the first signal, or who requested it.</summary>
    public string? Name => _requester ?? First?.ToString();

    private PosixSignal? First
    {
        get
        {
            lock (_gate)
            {
                return _first;
            }
        }
    }

    /// <summary>Asks the run to stop, as the first signal does.</summary>
    /// <param name="requester">Who asks, as the log names it: <c>the page</c>.</param>
    public void Request(string requester)
    {
        lock (_gate)
        {
            if (IsIdle || _requester is not null || _first is not null)
            {
                return;
            }

            _requester = requester;
        }

        _log.Write(TextEvent.Stop(requester));
        _ = _stop.CancelAsync();
    }

    /// <summary>Ends the handling of signals, after the command and everything that it wrote.</summary>
    public void Dispose()
    {
        _ended.Set();
        Array.ForEach(_registrations, registration => registration.Dispose());
        _stop.Dispose();
        _signalled.Dispose();
    }

    /// <summary>Handles a signal. Returns at once, unless the system would then end the process: after the end of the run.</summary>
    internal void Handle(PosixSignalContext context)
    {
        bool isFirst, isEcho;
        lock (_gate)
        {
            isFirst = _first is null;
            isEcho = context.Signal == _first && _time.GetElapsedTime(_firstTime) < Echo;
            if (isFirst)
            {
                (_first, _firstTime) = (context.Signal, _time.GetTimestamp());
            }
        }

        bool isWaited = _endsProcess(context.Signal);
        context.Cancel = isFirst || isEcho || isWaited;
        if (isFirst)
        {
            if (!IsIdle)
            {
                _log.Write(TextEvent.Stop(context.Signal.ToString()));
            }

            _ = _stop.CancelAsync();
            _ = _signalled.CancelAsync();
        }

        if (isWaited)
        {
            _ended.Wait();
        }
    }
}
