using ConvNN.Data.Cache;
using ConvNN.Data.Download;
using ConvNN.Data.Files;

namespace ConvNN.Data.Catalog;

/// <summary>A place where a dataset may be.</summary>
internal interface IDatasetSource
{
    /// <summary>Reads the dataset; null if it is not there.</summary>
    /// <exception cref="DatasetException">It should be there but is missing or invalid.</exception>
    /// <exception cref="DownloadException">It cannot be fetched.</exception>
    /// <exception cref="CacheException">It cannot be stored in the cache.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task<DatasetContent?> ReadAsync(CancellationToken cancellationToken);
}
