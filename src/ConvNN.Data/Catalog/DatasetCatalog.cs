using System.Diagnostics;
using ConvNN.Data.Cache;
using ConvNN.Data.Download;
using ConvNN.Data.Files;
using ConvNN.Model;
using ConvNN.Model.Options;
using ConvNN.Pictures;

namespace ConvNN.Data.Catalog;

/// <summary>Finds, fetches, reads and checks datasets.</summary>
/// <remarks>
/// If a folder is given, a dataset is looked for only there; otherwise in the cache, then on the web. The sample is embedded.
/// Only <see cref="Auto"/> falls back to the sample if MNIST is not available.
/// </remarks>
public static class DatasetCatalog
{
    /// <summary>The name for MNIST, or for the embedded sample if MNIST is not available.</summary>
    public const string Auto = DatasetOptions.Auto;

    /// <summary>The dataset names that can be used.</summary>
    public static IReadOnlyList<string> Names => DatasetOptions.Names;

    /// <summary>Loads a dataset by name: from the user's cache, or else from the web; <c>sample</c> is embedded.</summary>
    /// <param name="dataset">One of <see cref="Names"/>.</param>
    /// <param name="cancellationToken">Cancels during a download and between files.</param>
    /// <exception cref="DatasetException">No dataset has this name.</exception>
    /// <exception cref="DownloadException">It cannot be fetched.</exception>
    /// <exception cref="CacheException">It cannot be stored in the cache.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Task<DatasetPair> LoadAsync(string dataset, CancellationToken cancellationToken = default) =>
        LoadAsync(new DatasetOptions { Dataset = dataset }, cancellationToken: cancellationToken);

    /// <summary>Loads a dataset from a folder, from the cache or from the web.</summary>
    /// <param name="options">Which dataset, and where it may come from.</param>
    /// <param name="progress">Receives the progress of a download, on any thread.</param>
    /// <param name="cancellationToken">Cancels during a download and between files.</param>
    /// <exception cref="ConfigurationException">An option has no effect on this dataset.</exception>
    /// <exception cref="DatasetException">
    /// The folder or files are missing or invalid, do not fit together, or are not the named dataset.
    /// </exception>
    /// <exception cref="DownloadException">It cannot be fetched, and was requested by name.</exception>
    /// <exception cref="CacheException">It cannot be stored in the cache, and was requested by name.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Task<DatasetPair> LoadAsync(
        DatasetOptions options, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return LoadAsync(PublishedDataset.Wanted(options.Dataset), options, progress, cancellationToken);
    }

    /// <summary>As above, with the bytes that a dataset of this name must have: tests have smaller ones.</summary>
    internal static async Task<DatasetPair> LoadAsync(
        PublishedDataset dataset, DatasetOptions options, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        ConvNNException? failure = null;
        IReadOnlyList<IDatasetSource> sources = SourcesOf(dataset, options, progress);
        foreach (IDatasetSource source in sources)
        {
            try
            {
                if (await source.ReadAsync(cancellationToken) is { } content)
                {
                    RefuseWithoutEffect(options, source);
                    return Checked(Combine(content, options) with { FallbackReason = failure?.Message }, options);
                }
            }
            catch (ConvNNException e) when (e is DownloadException or CacheException && source != sources[^1])
            {
                failure = e;
            }
        }

        throw new UnreachableException("The last source has a dataset or throws.");
    }

    /// <summary>Fetches a dataset into the cache, unless it is complete there or embedded.</summary>
    /// <param name="options">Which dataset, and where to fetch it from.</param>
    /// <param name="progress">Receives the progress, on any thread.</param>
    /// <param name="cancellationToken">Cancels; what has arrived is kept, and the next call resumes there.</param>
    /// <returns>Number of bytes fetched; 0 if the dataset was already there.</returns>
    /// <exception cref="DatasetException">No dataset has this name.</exception>
    /// <exception cref="DownloadException">It cannot be fetched.</exception>
    /// <exception cref="CacheException">It cannot be stored in the cache.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Task<long> FetchAsync(
        DatasetOptions options, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        PublishedDataset dataset = PublishedDataset.Wanted(options.Dataset);
        return dataset.IsEmbedded ? Task.FromResult(0L) : new DatasetDownload(dataset, options).RunAsync(progress, cancellationToken);
    }

    /// <summary>The classes of the pictures in the folder that is given; null if it has no pictures for training. No picture is read.</summary>
    /// <param name="options">The folder.</param>
    public static IReadOnlyList<string>? PictureClasses(DatasetOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Directory is { } folder ? GivenFolder.PictureClasses(folder) : null;
    }

    private static void RefuseWithoutEffect(DatasetOptions options, IDatasetSource source)
    {
        if (options.ImageSize is { } size && source is not ImageFolderSource)
        {
            throw WithoutEffect("ImageSize", $"{size}", "only pictures in a Data:Directory are made into images of one size");
        }

        if (options.Transpose is { } isTransposed && source is not FolderSource)
        {
            throw WithoutEffect("Transpose", isTransposed ? "true" : "false", "only IDX files in a Data:Directory are turned");
        }
    }

    private static ConfigurationException WithoutEffect(string option, string value, string reason) =>
        new(Failure.At($"Data:{option}", $"is {value}, but {reason}; leave it out."));

    // In the order in which they are tried.
    private static IReadOnlyList<IDatasetSource> SourcesOf(PublishedDataset dataset, DatasetOptions options, IProgress<DownloadProgress>? progress)
    {
        bool isAuto = options.Dataset == Auto;
        if (options.Directory is { } given)
        {
            return [GivenFolder.SourceOf(given, dataset, options)];
        }

        if (dataset.IsEmbedded)
        {
            return [new EmbeddedSource()];
        }

        IReadOnlyList<IDatasetSource> named = [new CacheSource(dataset, options), new DownloadSource(dataset, options, progress)];
        return isAuto ? [.. named, new EmbeddedSource()] : named;
    }

    private static DatasetPair Combine(DatasetContent content, DatasetOptions options)
    {
        PublishedDataset? published = PublishedDataset.Of(content.Sha256);
        string name = published?.Name ?? content.PublishedName ?? NameOf(content.Source);
        IReadOnlyList<string>? classNames = published?.ClassNames ?? content.ClassNames;
        int classes = published?.Classes ?? classNames?.Count ?? Math.Max(2, MaxOf(content.Train.Labels.Data) + 1);
        ImageDataset Part(string part, PartContent from, Normalization normalization) =>
            new(name, part, from.Images, from.Labels, classes) { IsByClass = content.IsByClass, Normalization = normalization };
        Normalization normalization = options.Normalize == Normalization.Unit.Name
            ? Normalization.Unit
            : ChannelStatistics.Of(Part("train", content.Train, Normalization.Unit));
        ImageDataset train = Part("train", content.Train, normalization), test = Part("test", content.Test, normalization);
        if (train.Shape != test.Shape)
        {
            throw new DatasetException($"{content.Test.Images.Source}: images are {test.Shape}, expected {train.Shape} as in {content.Train.Images.Source}; use files of one dataset.");
        }

        // Images of one channel in IDX files are as MNIST's are: pictures for their networks are fitted in the same way.
        return new DatasetPair(name, content.Source, train, test, IsAsPublished: (published?.Name ?? content.PublishedName) is not null)
        {
            ClassNames = classNames,
            Validation = content.Validation is { } validation ? Part("validation", validation, normalization) : null,
            Preparation = content.Preparation ?? Preparations.Find(options.Prepare) ?? (train.Shape.Channels == 1 ? Preparations.Mnist : Preparations.Resize),
            LeftOut = content.LeftOut,
        };
    }

    // A named dataset is never replaced by another, not even by a folder given with it.
    private static DatasetPair Checked(DatasetPair pair, DatasetOptions options) =>
        options.Dataset == Auto || (pair.IsAsPublished && pair.Name == options.Dataset)
            ? pair
            : throw new DatasetException(
                $"{pair.Source}: contains {(pair.IsAsPublished ? pair.Name : "different files")}, but Data:Dataset is {options.Dataset}; "
                + $"use Data:Dataset auto to take the folder as it is, Data:Directory null to use {options.Dataset} as published, or name a folder with a subfolder {options.Dataset}.");

    /// <summary>The folder's name, marked if it is that of a known dataset with other bytes.</summary>
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
