using ConvNN.Data.Cache;
using ConvNN.Data.Download;
using ConvNN.Data.Files;

namespace ConvNN.Data.Catalog;

/// <summary>What a run would train on, determined without fetching or writing anything.</summary>
/// <param name="Outline">The dataset's key figures.</param>
/// <param name="Source">Where it was read from, or the folder that it would be downloaded to.</param>
/// <param name="DownloadBytes">Maximum number of bytes to download; 0 if it is on this machine.</param>
/// <param name="Mirror">The first URL that would be tried; null if the dataset is on this machine.</param>
/// <param name="FallbackReason">Why this is not the dataset that was tried first; null if it is.</param>
public sealed record DatasetPreview(DatasetOutline Outline, string Source, long DownloadBytes, Uri? Mirror, string? FallbackReason)
{
    /// <summary>What was found beside the images but not read, in one line; null if there is nothing.</summary>
    public string? LeftOut { get; init; }

    /// <summary>Looks for a dataset. If it is on this machine, it is read and checked as for a run.</summary>
    /// <param name="options">Which dataset, and where it may come from.</param>
    /// <param name="cancellationToken">Cancels between files.</param>
    /// <exception cref="DatasetException">The folder or files are missing or invalid, or not the named dataset.</exception>
    /// <exception cref="DownloadException">It is not on this machine and must not be downloaded.</exception>
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
                dataset.Files.Sum(file => file.MirrorLength),
                options.Mirror ?? dataset.Mirrors[0],
                FallbackReason: null);
        }
    }

    private static DatasetPreview Of(DatasetPair pair) => new(pair.Outline, pair.Source, DownloadBytes: 0, Mirror: null, pair.FallbackReason) { LeftOut = pair.LeftOut };
}
