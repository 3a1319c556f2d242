using ConvNN.Data.Cache;
using ConvNN.Data.Files;

namespace ConvNN.Data.Catalog;

/// <summary>The cache. It has a dataset if all four files have the published bytes; otherwise the dataset is fetched again.</summary>
/// <param name="dataset">The dataset.</param>
/// <param name="options">Where the cache is.</param>
internal sealed class CacheSource(PublishedDataset dataset, DatasetOptions options) : IDatasetSource
{
    /// <inheritdoc/>
    public async Task<DatasetContent?> ReadAsync(CancellationToken cancellationToken)
    {
        FolderSource folder = new(DatasetCache.FolderOf(dataset, options), options);
        try
        {
            DatasetContent? content = await folder.ReadAsync(cancellationToken);
            return content is not null && dataset.Is(content.Sha256) ? content : null;
        }
        catch (DatasetException)
        {
            return null;
        }
    }
}
