using ConvNN.Data.Cache;
using ConvNN.Data.Download;

namespace ConvNN.Data.Catalog;

/// <summary>The mirrors of a dataset: files are downloaded into the cache and read from there.</summary>
/// <param name="dataset">The dataset.</param>
/// <param name="options">Where to download from, and where the cache is.</param>
/// <param name="progress">Receives the progress.</param>
internal sealed class DownloadSource(PublishedDataset dataset, DatasetOptions options, IProgress<DownloadProgress>? progress) : IDatasetSource
{
    /// <inheritdoc/>
    public async Task<DatasetContent?> ReadAsync(CancellationToken cancellationToken)
    {
        DatasetDownload download = new(dataset, options);
        await download.RunAsync(progress, cancellationToken);
        return await CacheSource.SourceOf(download.Folder, dataset, options).ReadAsync(cancellationToken);
    }
}
