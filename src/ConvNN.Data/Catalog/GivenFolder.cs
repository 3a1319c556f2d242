using ConvNN.Data.Cache;
using ConvNN.Data.Files;
using ConvNN.Data.Idx;
using ConvNN.Data.Images;

namespace ConvNN.Data.Catalog;

/// <summary>A folder that the user names: its files decide how it is read.</summary>
internal static class GivenFolder
{
    /// <summary>Reads the folder, or its subfolder with the dataset's name, as in the cache, if that has files and the folder itself has none.</summary>
    /// <param name="given">The folder.</param>
    /// <param name="dataset">The dataset whose subfolder may be there.</param>
    /// <param name="options">How files are read.</param>
    /// <exception cref="DatasetException">A folder cannot be searched.</exception>
    public static IDatasetSource SourceOf(string given, PublishedDataset dataset, DatasetOptions options)
    {
        string own = Path.Combine(given, dataset.Name);
        if (IsOfDatasets(given) && Directory.Exists(own))
        {
            return CacheSource.SourceOf(own, dataset, options);
        }

        string directory = given.Length > 0 && !given.Any(char.IsControl) && !HasFiles(given) && HasFiles(own) ? own : given;
        return CifarSource.IsOne(directory) ? new CifarSource(directory, dataset.Name == PublishedDataset.Cifar10.Name ? dataset : PublishedDataset.Cifar10)
            : ImageFolder.IsOne(directory) ? new ImageFolderSource(directory, options)
            : new FolderSource(directory, options);
    }

    /// <summary>The classes of the pictures in a folder; null if it is none of pictures, or they cannot be trained on.</summary>
    public static IReadOnlyList<string>? PictureClasses(string folder)
    {
        try
        {
            return !CifarSource.IsOne(folder) && ImageFolder.IsOne(folder) ? ImageFolder.Find(Path.GetFullPath(folder)).Classes : null;
        }
        catch (Exception e) when (e is DatasetException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether a folder has nothing but folders with names of datasets, be they empty: what is missing then is no picture.</summary>
    private static bool IsOfDatasets(string folder) => Directory.Exists(folder)
        && Directory.GetFileSystemEntries(folder) is { Length: > 0 } entries
        && entries.All(entry => Directory.Exists(entry) && PublishedDataset.All.Any(dataset => dataset.Name == Path.GetFileName(entry)));

    private static bool HasFiles(string folder) => DatasetFiles.Find(folder).Any(path => path is not null) || CifarSource.IsOne(folder);
}
