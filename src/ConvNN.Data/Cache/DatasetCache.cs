using ConvNN.Data.Files;

namespace ConvNN.Data.Cache;

/// <summary>Where downloaded datasets are kept: the files of each in a folder with its name, IDX files decoded.</summary>
public static class DatasetCache
{
    /// <summary>
    /// The user's cache: <c>$XDG_CACHE_HOME/convnn</c>, or else <c>~/.cache/convnn</c>; on Windows <c>%LOCALAPPDATA%\convnn</c>.
    /// </summary>
    /// <exception cref="CacheException">There is no home folder.</exception>
    public static string UserFolder => Path.Combine(BaseFolder(), "convnn");

    /// <summary>The folder of a dataset in the cache; it need not exist.</summary>
    /// <param name="options">Which dataset, and which cache.</param>
    /// <exception cref="CacheException">The default cache is used, but there is no home folder.</exception>
    public static string FolderOf(DatasetOptions options) => FolderOf(PublishedDataset.Wanted(options.Dataset), options);

    /// <summary>The state of a dataset in the cache; its files are read and hashed.</summary>
    /// <param name="options">Which dataset, and which cache.</param>
    /// <param name="cancellationToken">Cancels between files.</param>
    /// <exception cref="DatasetException">No dataset has this name.</exception>
    /// <exception cref="CacheException">The default cache is used, but there is no home folder.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Task<CachedDataset> InspectAsync(DatasetOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return InspectAsync(PublishedDataset.Wanted(options.Dataset), options, cancellationToken);
    }

    /// <summary>The folder of a dataset.</summary>
    internal static string FolderOf(PublishedDataset dataset, DatasetOptions options) =>
        Path.Combine(Path.GetFullPath(options.CacheDirectory ?? UserFolder), dataset.Name);

    private static string BaseFolder()
    {
        string? given = Environment.GetEnvironmentVariable(OperatingSystem.IsWindows() ? "LOCALAPPDATA" : "XDG_CACHE_HOME");

        // The XDG specification says that relative paths must be ignored.
        if (!string.IsNullOrEmpty(given) && Path.IsPathFullyQualified(given))
        {
            return given;
        }

        string home = Environment.GetFolderPath(OperatingSystem.IsWindows() ? Environment.SpecialFolder.LocalApplicationData : Environment.SpecialFolder.UserProfile);

        // A user of a container who is not in its /etc/passwd is given the root folder.
        return home.Length == 0 || home == Path.GetPathRoot(home)
            ? throw new CacheException("There is no home folder to keep datasets in; set XDG_CACHE_HOME, or name a dataset's folder with Data:Directory.")
            : OperatingSystem.IsWindows() ? home : Path.Combine(home, ".cache");
    }

    /// <summary>Reads and hashes a dataset's files in the cache.</summary>
    internal static async Task<CachedDataset> InspectAsync(PublishedDataset dataset, DatasetOptions options, CancellationToken cancellationToken)
    {
        if (dataset.IsEmbedded)
        {
            return new CachedDataset(dataset, Folder: null, CacheState.Embedded, Bytes: 0, MissingBytes: 0, []);
        }

        string folder = FolderOf(dataset, options);
        IReadOnlyList<CacheGap> gaps = await new CachedFiles(dataset, folder).GapsAsync(cancellationToken);
        string[] damage = [.. gaps.Select(gap => gap.Damage).OfType<string>()];
        long bytes = BytesIn(folder);
        CacheState state = gaps.Count == 0 ? CacheState.Whole
            : damage.Length > 0 ? CacheState.Damaged
            : bytes > 0 ? CacheState.InPart
            : CacheState.Missing;
        return new CachedDataset(dataset, folder, state, bytes, gaps.Sum(gap => dataset.Files[gap.File].MirrorLength), damage);
    }

    private static long BytesIn(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).EnumerateFiles().Sum(file => file.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;       // missing or unreadable; errors on its files report the latter
        }
    }
}
