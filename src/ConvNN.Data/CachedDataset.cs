using ConvNN.Data.Download;

namespace ConvNN.Data;

/// <summary>A dataset, and what the cache has of it.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Folder">Its folder in the cache, which need not exist; null if it is embedded.</param>
/// <param name="State">What is there.</param>
/// <param name="Bytes">Bytes that its folder takes.</param>
/// <param name="MissingBytes">Bytes that a download would fetch, compressed as published.</param>
/// <param name="Damage">A line for each file that is not what was published.</param>
public sealed record CachedDataset(
    PublishedDataset Dataset, string? Folder, CacheState State, long Bytes, long MissingBytes, IReadOnlyList<string> Damage)
{
    /// <summary>Reads and hashes what the cache has of a dataset.</summary>
    internal static async Task<CachedDataset> InspectAsync(PublishedDataset dataset, DatasetOptions options, CancellationToken cancellationToken)
    {
        if (dataset.IsEmbedded)
        {
            return new CachedDataset(dataset, Folder: null, CacheState.Embedded, Bytes: 0, MissingBytes: 0, []);
        }

        string folder = DatasetCache.FolderOf(dataset, options);
        IReadOnlyList<CacheGap> gaps = await new CachedFiles(dataset, folder).GapsAsync(cancellationToken);
        string[] damage = [.. gaps.Select(gap => gap.Damage).OfType<string>()];
        long bytes = BytesIn(folder);
        CacheState state = gaps.Count == 0 ? CacheState.Whole
            : damage.Length > 0 ? CacheState.Damaged
            : bytes > 0 ? CacheState.InPart
            : CacheState.Missing;
        return new CachedDataset(dataset, folder, state, bytes, gaps.Sum(gap => dataset.Files[gap.File].CompressedLength), damage);
    }

    private static long BytesIn(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).EnumerateFiles().Sum(file => file.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;       // not there, or not to be looked into, which its files' faults tell
        }
    }
}
