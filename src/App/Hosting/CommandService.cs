using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Hosting;

namespace ConvNN.App.Hosting;

/// <summary>
/// Runs a command inside the host and keeps its result. If a service let an exception escape, the process would end
/// with exit code 0.
/// </summary>
/// <param name="command">The command.</param>
/// <param name="signals">Stops it.</param>
/// <param name="lifetime">The host, which ends with the command.</param>
internal sealed class CommandService(ICommand command, StopSignals signals, IHostApplicationLifetime lifetime) : BackgroundService
{
    private int _exitCode;
    private ExceptionDispatchInfo? _failure;

    /// <summary>The command's exit code; rethrows the command's exception, if any. Read it after the host has ended.</summary>
    public int ExitCode
    {
        get
        {
            _failure?.Throw();
            return _exitCode;
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            _exitCode = await command.RunAsync(signals.Token);
        }
        catch (Exception failure)
        {
            _failure = ExceptionDispatchInfo.Capture(failure);
        }
        finally
        {
            lifetime.StopApplication();
        }
    }
}
