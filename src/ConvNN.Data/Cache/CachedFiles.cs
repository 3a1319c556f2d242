using ConvNN.Data.Files;
using ConvNN.Data.Idx;

namespace ConvNN.Data.Cache;

/// <summary>The files of a dataset in its cache folder, each raw, or compressed if it was put there by hand.</summary>
/// <param name="dataset">The dataset.</param>
/// <param name="folder">The folder; it need not exist.</param>
internal sealed class CachedFiles(PublishedDataset dataset, string folder)
{
    /// <summary>Where a file is stored when it is fetched.</summary>
    public string PathOf(int file) => Path.Combine(folder, DatasetFiles.Names[file]);

    /// <summary>The files that are missing or differ from the published bytes; all files are read.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<IReadOnlyList<CacheGap>> GapsAsync(CancellationToken cancellationToken)
    {
        CacheGap?[] gaps = await Task.WhenAll(dataset.Files.Select((_, file) => Task.Run(() => GapOf(file), cancellationToken)));
        return [.. gaps.OfType<CacheGap>()];
    }

    private CacheGap? GapOf(int file)
    {
        try
        {
            if (DatasetFiles.Find(folder)[file] is not { } path)
            {
                return new CacheGap(file, Damage: null);
            }

            string found = IdxFile.Read(path, DatasetFiles.ContentOf(file)).Sha256;
            string expected = dataset.Files[file].Sha256;
            return found == expected ? null : new CacheGap(file, $"{path}: SHA-256 is {found}, expected {expected}");
        }
        catch (DatasetException e)
        {
            return new CacheGap(file, e.Message);
        }
    }
}
