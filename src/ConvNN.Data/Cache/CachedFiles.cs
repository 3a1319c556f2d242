using ConvNN.Data.Files;
using ConvNN.Data.Idx;
using ConvNN.Files;

namespace ConvNN.Data.Cache;

/// <summary>The files of a dataset in its cache folder; an IDX file may be compressed if it was put there by hand.</summary>
/// <param name="dataset">The dataset.</param>
/// <param name="folder">The folder; it need not exist.</param>
internal sealed class CachedFiles(PublishedDataset dataset, string folder)
{
    /// <summary>Where a file is stored when it is fetched.</summary>
    public string PathOf(int file) => Path.Combine(folder, dataset.Files[file].Name);

    /// <summary>The files that are missing or differ from the published bytes; all files are read.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<IReadOnlyList<CacheGap>> GapsAsync(CancellationToken cancellationToken)
    {
        CacheGap?[] gaps = await Task.WhenAll(dataset.Files.Select((_, file) => Task.Run(() => GapOf(file), cancellationToken)));
        return [.. gaps.OfType<CacheGap>()];
    }

    /// <summary>The SHA-256 of a file as it is.</summary>
    /// <exception cref="DatasetException">It cannot be read.</exception>
    public static string HashOf(string path) =>
        RegularFile.Read(path, (stream, _) => Sha256Hash.Of(stream), (message, cause) => new DatasetException(message, cause));

    private CacheGap? GapOf(int file)
    {
        try
        {
            PublishedFile published = dataset.Files[file];
            if ((published.IsCompressed ? DatasetFiles.Find(folder)[file] : Existing(PathOf(file))) is not { } path)
            {
                return new CacheGap(file, Damage: null);
            }

            string found = published.IsCompressed ? IdxFile.Read(path, DatasetFiles.ContentOf(file)).Sha256 : HashOf(path);
            string expected = published.Sha256;
            return found == expected ? null : new CacheGap(file, $"{path}: SHA-256 is {found}, expected {expected}");
        }
        catch (DatasetException e)
        {
            return new CacheGap(file, e.Message);
        }
    }

    private static string? Existing(string path) => Path.Exists(path) ? path : null;
}
