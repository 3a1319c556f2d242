using ConvNN.Data.Cache;
using ConvNN.Data.Download;
using ConvNN.Data.Files;

namespace ConvNN.Data.Catalog;

/// <summary>What a run would be trained on, found out without fetching or writing anything.</summary>
/// <param name="Outline">Its figures.</param>
/// <param name="Source">Where it was read from; or the folder into which it would be downloaded.</param>
/// <param name="DownloadBytes">Bytes that would be downloaded, at most; 0 if it is here.</param>
/// <param name="Mirror">The first address that would be asked; null if the dataset is here.</param>
/// <param name="FallbackReason">Why this is not the dataset that was looked for first; null if it is.</param>
public sealed record DatasetPreview(DatasetOutline Outline, string Source, long DownloadBytes, Uri? Mirror, string? FallbackReason)
{
    /// <summary>Looks for a dataset. One that is here is read and checked as for a run.</summary>
    /// <param name="options">Which dataset, and where it may come from.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    /// <exception cref="DatasetException">The folder or files are missing or invalid, or not the dataset that was named.</exception>
    /// <exception cref="DownloadException">It is not here, and must not be downloaded.</exception>
    /// <exception cref="CacheException">There is no cache.</exception>
    public static async Task<DatasetPreview> FindAsync(DatasetOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        PublishedDataset dataset = options.Dataset == DatasetCatalog.Auto ? PublishedDataset.Mnist : PublishedDataset.Find(options.Dataset);
        if (options.Directory is not null || dataset.Mirrors.Count == 0 || !options.Download)
        {
            return Of(await DatasetCatalog.LoadAsync(options, cancellationToken: cancellationToken));
        }

        try
        {
            return Of(await DatasetCatalog.LoadAsync(options with { Dataset = dataset.Name, Download = false }, cancellationToken: cancellationToken));
        }
        catch (DownloadException)
        {
            return new DatasetPreview(
                dataset.Outline,
                DatasetCache.FolderOf(dataset, options),
                dataset.Files.Sum(file => file.CompressedLength),
                options.Mirror ?? dataset.Mirrors[0],
                FallbackReason: null);
        }
    }

    private static DatasetPreview Of(DatasetPair pair) => new(pair.Outline, pair.Source, DownloadBytes: 0, Mirror: null, pair.FallbackReason);
}
