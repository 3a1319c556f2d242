using ConvNN.App.Configuration;
using ConvNN.App.Hosting;
using ConvNN.App.Output;

namespace ConvNN.App.Commands;

/// <summary><c>convnn train --dry-run</c>: what would be trained, and what it takes; trains nothing, fetches nothing, writes nothing.</summary>
/// <param name="sources">Where the configuration comes from.</param>
/// <param name="output">Where it prints.</param>
internal sealed class DryRunCommand(ConfigurationSources sources, LineWriter output) : ICommand
{
    /// <inheritdoc/>
    public Task<int> RunAsync(CancellationToken cancellationToken)
    {
        RunConfiguration run = ConfigurationReader.Read(sources);
        output.Write(run.Name);
        return Task.FromResult(ExitCode.Done);
    }
}
