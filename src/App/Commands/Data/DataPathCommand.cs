using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Hosting;
using ConvNN.App.Output;
using ConvNN.Data;
using ConvNN.Data.Cache;

namespace ConvNN.App.Commands.Data;

/// <summary><c>convnn data path</c>: prints only the folder of a dataset in the cache, or of the cache itself.</summary>
/// <param name="request">The dataset; none for the folder of the cache.</param>
/// <param name="sources">Where the configuration comes from.</param>
/// <param name="output">Where it prints.</param>
internal sealed class DataPathCommand(DataRequest request, ConfigurationSources sources, LineWriter output) : ICommand
{
    /// <inheritdoc/>
    public Task<int> RunAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<string> names = request.KnownNames;
        RunConfiguration run = ConfigurationReader.Read(sources);
        if (names.Contains(PublishedDataset.Sample.Name))
        {
            throw new UsageException($"{PublishedDataset.Sample.Name} is part of the program and has no folder.");
        }

        output.Write(names is [string name, ..] ? DatasetCache.FolderOf(run.Data with { Dataset = name }) : DatasetCache.UserFolder);
        return Task.FromResult(ExitCode.Done);
    }
}
