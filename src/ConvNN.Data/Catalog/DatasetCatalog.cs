using System.Diagnostics;
using ConvNN.Data.Cache;
using ConvNN.Data.Download;
using ConvNN.Data.Files;
using ConvNN.Data.Idx;
using ConvNN.Data.Images;
using ConvNN.Model;

namespace ConvNN.Data.Catalog;

/// <summary>Finds, fetches, reads and checks datasets.</summary>
/// <remarks>
/// A dataset is looked for in the folder that was given and nowhere else; without one in the cache, then on the web. The
/// sample is embedded. Only <see cref="Auto"/> goes on with the sample where MNIST cannot be had.
/// </remarks>
public static class DatasetCatalog
{
    /// <summary>The name that stands for MNIST, or the embedded sample where MNIST cannot be had.</summary>
    public const string Auto = DatasetOptions.Auto;

    /// <summary>The names of datasets that can be asked for.</summary>
    public static IReadOnlyList<string> Names => DatasetOptions.Names;

    /// <summary>Loads the dataset of a name: from the user's cache, else from the web; <c>sample</c> is embedded.</summary>
    /// <param name="dataset">One of <see cref="Names"/>.</param>
    /// <param name="cancellationToken">Stops a download, and between files.</param>
    /// <exception cref="DatasetException">No dataset has this name.</exception>
    /// <exception cref="DownloadException">It cannot be fetched.</exception>
    /// <exception cref="CacheException">It cannot be kept.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Task<DatasetPair> LoadAsync(string dataset, CancellationToken cancellationToken = default) =>
        LoadAsync(new DatasetOptions { Dataset = dataset }, cancellationToken: cancellationToken);

    /// <summary>Loads a dataset from a folder, from the cache or from the web.</summary>
    /// <param name="options">Which dataset, and where it may come from.</param>
    /// <param name="progress">Told how far a download is, from any thread.</param>
    /// <param name="cancellationToken">Stops a download, and between files.</param>
    /// <exception cref="DatasetException">
    /// The folder or files are missing or invalid, do not fit together, or are not the dataset that was named.
    /// </exception>
    /// <exception cref="DownloadException">It cannot be fetched, and was named.</exception>
    /// <exception cref="CacheException">It cannot be kept, and was named.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<DatasetPair> LoadAsync(
        DatasetOptions options, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ConvNNException? failure = null;

        IReadOnlyList<IDatasetSource> sources = SourcesOf(options, progress);
        foreach (IDatasetSource source in sources)
        {
            try
            {
                if (await source.ReadAsync(cancellationToken) is { } content)
                {
                    return Checked(Combine(content) with { FallbackReason = failure?.Message }, options);
                }
            }
            catch (ConvNNException e) when (e is DownloadException or CacheException && source != sources[^1])
            {
                failure = e;
            }
        }

        throw new UnreachableException("The last source has a dataset or throws.");
    }

    /// <summary>Fetches a dataset into the cache, unless it is whole there, or embedded.</summary>
    /// <param name="options">Which dataset, and where from.</param>
    /// <param name="progress">Told how far it is, from any thread.</param>
    /// <param name="cancellationToken">Stops; what has arrived is kept, and the next call goes on from it.</param>
    /// <returns>Bytes that were fetched; 0 if the dataset was there.</returns>
    /// <exception cref="DatasetException">No dataset has this name.</exception>
    /// <exception cref="DownloadException">It cannot be fetched.</exception>
    /// <exception cref="CacheException">It cannot be kept.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Task<long> FetchAsync(
        DatasetOptions options, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        PublishedDataset dataset = PublishedDataset.Wanted(options.Dataset);
        return dataset.IsEmbedded ? Task.FromResult(0L) : new DatasetDownload(dataset, options).RunAsync(progress, cancellationToken);
    }

    // In the order in which they are asked.
    private static IReadOnlyList<IDatasetSource> SourcesOf(DatasetOptions options, IProgress<DownloadProgress>? progress)
    {
        bool isAuto = options.Dataset == Auto;
        PublishedDataset dataset = PublishedDataset.Wanted(options.Dataset);
        if (options.Directory is { } given)
        {
            string directory = DatasetFiles.FolderIn(given, dataset.Name);
            return [ImageFolder.IsOne(directory) ? new ImageFolderSource(directory, options.ImageSize, options.MaxBytes) : new FolderSource(directory, options.MaxBytes)];
        }

        if (dataset.IsEmbedded)
        {
            return [new EmbeddedSource()];
        }

        IReadOnlyList<IDatasetSource> named = [new CacheSource(dataset, options), new DownloadSource(dataset, options, progress)];
        return isAuto ? [.. named, new EmbeddedSource()] : named;
    }

    private static DatasetPair Combine(DatasetContent content)
    {
        IReadOnlyList<IdxArray> files = content.Files;
        PublishedDataset? published = PublishedDataset.Of(files);
        string name = published?.Name ?? NameOf(content.Source);
        IReadOnlyList<string>? classNames = published?.ClassNames ?? content.ClassNames;
        int classes = published?.Classes ?? classNames?.Count ?? Math.Max(2, MaxOf(files[1].Data) + 1);
        var train = new ImageDataset(name, "train", files[0], files[1], classes);
        var test = new ImageDataset(name, "test", files[2], files[3], classes);

        return train.Shape == test.Shape
            ? new DatasetPair(name, content.Source, train, test, IsAsPublished: published is not null) { ClassNames = classNames }
            : throw new DatasetException($"{files[2].Source}: images are {test.Shape}, expected {train.Shape} as in {files[0].Source}; use files of one dataset.");
    }

    // A dataset that was named is never replaced, not even by a folder that was given with it.
    private static DatasetPair Checked(DatasetPair pair, DatasetOptions options) =>
        options.Dataset == Auto || (pair.IsAsPublished && pair.Name == options.Dataset)
            ? pair
            : throw new DatasetException(
                $"{pair.Source}: holds {(pair.IsAsPublished ? pair.Name : "files of other bytes")}, but Data:Dataset is {options.Dataset}; "
                + $"leave Data:Dataset out to take the folder as it is, or Data:Directory to take {options.Dataset}, or name a folder with a folder {options.Dataset} in it.");

    /// <summary>The folder's name, unless it claims to be what its bytes are not.</summary>
    private static string NameOf(string directory)
    {
        string folder = Path.GetFileName(Path.TrimEndingDirectorySeparator(directory));
        return PublishedDataset.All.Any(known => known.Name == folder) ? folder + "-unverified" : folder;
    }

    private static byte MaxOf(ReadOnlySpan<byte> labels)
    {
        byte max = 0;

        foreach (byte label in labels)
        {
            max = Math.Max(max, label);
        }

        return max;
    }
}
