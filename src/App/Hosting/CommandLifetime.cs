using Microsoft.Extensions.Hosting;

namespace ConvNN.App.Hosting;

/// <summary>The host lives as long as its command. <see cref="StopSignals"/> handles signals, even before the host exists.</summary>
internal sealed class CommandLifetime : IHostLifetime
{
    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
