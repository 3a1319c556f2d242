using ConvNN.Data.Cache;
using ConvNN.Data.Files;

namespace ConvNN.Data.Catalog;

/// <summary>The cache. It has a dataset if all files have the published bytes; otherwise the dataset is fetched again.</summary>
/// <param name="dataset">The dataset.</param>
/// <param name="options">Where the cache is.</param>
internal sealed class CacheSource(PublishedDataset dataset, DatasetOptions options) : IDatasetSource
{
    /// <inheritdoc/>
    public async Task<DatasetContent?> ReadAsync(CancellationToken cancellationToken)
    {
        IDatasetSource folder = SourceOf(DatasetCache.FolderOf(dataset, options), dataset, options);
        try
        {
            DatasetContent? content = await folder.ReadAsync(cancellationToken);
            return content is not null && (content.PublishedName == dataset.Name || dataset.Is(content.Sha256)) ? content : null;
        }
        catch (DatasetException)
        {
            return null;
        }
    }

    /// <summary>Reads a folder with the files of a published dataset.</summary>
    internal static IDatasetSource SourceOf(string folder, PublishedDataset dataset, DatasetOptions options) =>
        dataset.Files[0].IsCompressed ? new FolderSource(folder, options) : new CifarSource(folder, dataset);
}
