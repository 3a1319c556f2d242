using Microsoft.Extensions.Hosting;

namespace ConvNN.App.Hosting;

/// <summary>The host lives as long as its command. Signals are <see cref="StopSignals"/>' business, which is there before the host is.</summary>
internal sealed class CommandLifetime : IHostLifetime
{
    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
