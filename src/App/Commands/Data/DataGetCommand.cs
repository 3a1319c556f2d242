using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Hosting;
using ConvNN.App.Log;
using ConvNN.App.Log.Events;
using ConvNN.App.Output;
using ConvNN.Data.Cache;
using ConvNN.Data.Catalog;

namespace ConvNN.App.Commands.Data;

/// <summary><c>convnn data get</c>: downloads datasets into the cache, so that runs work offline.</summary>
/// <param name="request">The datasets; empty for the configured one.</param>
/// <param name="sources">Where the configuration comes from.</param>
/// <param name="log">Where it reports events.</param>
/// <param name="time">The clock.</param>
internal sealed class DataGetCommand(DataRequest request, ConfigurationSources sources, RunLog log, TimeProvider time) : ICommand
{
    /// <inheritdoc/>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<string> names = request.KnownNames;
        RunConfiguration run = ConfigurationReader.Read(sources);
        log.Format = run.Logging.Format;
        foreach (string name in names.Count > 0 ? names : [run.Data.Dataset])
        {
            await GetAsync(run.Data with { Dataset = name }, run.Logging.Interval, cancellationToken);
        }

        return ExitCode.Done;
    }

    private async Task GetAsync(DatasetOptions wanted, TimeSpan interval, CancellationToken cancellationToken)
    {
        long begin = time.GetTimestamp();
        long bytes = await DatasetCatalog.FetchAsync(wanted, new DownloadReporter(log, interval, time), cancellationToken);
        TimeSpan elapsed = time.GetElapsedTime(begin);
        CachedDataset cached = await DatasetCache.InspectAsync(wanted, cancellationToken);
        string what = cached.State == CacheState.Embedded ? "is part of the program; there is nothing to fetch"
            : bytes == 0 ? $"is in {cached.Folder} already, with the published bytes"
            : $"{bytes / 1e6:0.0}{Fold.Tie}MB fetched and checked in {elapsed.TotalSeconds:0.0}{Fold.Tie}s; {cached.Bytes / 1e6:0.0}{Fold.Tie}MB in {cached.Folder}";
        log.Write(new TextEvent(
            "cached",
            $"{cached.Dataset.Name:dataset}{(bytes == 0 ? "" : ":")} {what}",
            new Field("fetched_bytes", bytes),
            Field.Seconds("seconds", elapsed),
            new Field("bytes", cached.Bytes),
            new Field("folder", cached.Folder)));
    }
}
