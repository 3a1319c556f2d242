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
    // By convention, 128 plus the signal number.
    private static readonly (PosixSignal Signal, int ExitCode)[] Handled =
        [(PosixSignal.SIGHUP, 129), (PosixSignal.SIGINT, 130), (PosixSignal.SIGTERM, 143)];

    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly RunLog _log;
    private int _exitCode;

    /// <summary>Registers for the signals.</summary>
    /// <param name="log">Where the first signal is reported.</param>
    public StopSignals(RunLog log)
    {
        _log = log;
        _registrations = [.. Handled.Select(signal => PosixSignalRegistration.Create(signal.Signal, Handle))];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>The exit code of a run stopped by a signal; 0 if there was no signal.</summary>
    public int ExitCode => Volatile.Read(ref _exitCode);

    /// <summary>The name of the first signal.</summary>
    public string? Name => Handled.Where(signal => signal.ExitCode == ExitCode).Select(signal => signal.Signal.ToString()).FirstOrDefault();

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(_registrations, registration => registration.Dispose());
        _stop.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        int exitCode = Handled.First(signal => signal.Signal == context.Signal).ExitCode;
        if (Interlocked.CompareExchange(ref _exitCode, exitCode, 0) != 0)
        {
            return;
        }

        context.Cancel = true;
        _log.Write(new TextEvent("stop", $"{context.Signal.ToString():signal}: finishing the current step; a second signal ends at once"));
        _ = _stop.CancelAsync();
    }
}
