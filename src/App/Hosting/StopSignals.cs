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

    private readonly CancellationTokenSource _stop = new();
    private readonly ManualResetEventSlim _ended = new();
    private readonly Lock _gate = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly RunLog _log;
    private readonly TimeProvider _time;
    private readonly Func<PosixSignal, bool> _endsProcess;
    private PosixSignal? _first;
    private long _firstTime;

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

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>The exit code of a run stopped by a signal; 0 if there was no signal.</summary>
    public int ExitCode => Handled.FirstOrDefault(signal => signal.Signal == First).ExitCode;

    /// <summary>The name of the first signal.</summary>
    public string? Name => First?.ToString();

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

    /// <summary>Ends the handling of signals, after the command and everything that it wrote.</summary>
    public void Dispose()
    {
        _ended.Set();
        Array.ForEach(_registrations, registration => registration.Dispose());
        _stop.Dispose();
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
            _log.Write(new TextEvent("stop", $"{context.Signal.ToString():signal}: finishing the current step; a second signal ends at once"));
            _ = _stop.CancelAsync();
        }

        if (isWaited)
        {
            _ended.Wait();
        }
    }
}
