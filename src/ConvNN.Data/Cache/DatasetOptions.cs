using ConvNN.Data.Idx;
using ConvNN.Model;
using ConvNN.Model.Options;
using ConvNN.Pictures;

namespace ConvNN.Data.Cache;

/// <summary>Which dataset to load, and where it may come from.</summary>
public record DatasetOptions : CheckedOptions
{
    /// <summary>The name for MNIST, or for the embedded sample if MNIST is not available.</summary>
    public const string Auto = PublishedDataset.Auto;

    /// <summary>The dataset names that can be used.</summary>
    public static IReadOnlyList<string> Names { get; } = [Auto, .. PublishedDataset.All.Select(dataset => dataset.Name)];

    /// <summary>The declarations of the options, in the order in which the help lists them.</summary>
    public static IReadOnlyList<Option> Options { get; } =
    [
        Of("Dataset", ValueKinds.Word(Names), o => o.Dataset, (o, v) => o with { Dataset = v }, "dataset to train on; auto is MNIST, or the embedded sample if MNIST is not available"),
        Of(
            "Directory",
            ValueKinds.Path,
            o => o.Directory,
            (o, v) => o with { Directory = v },
            "folder with the four IDX files of a dataset or the archive of CIFAR-10, with pictures in a subfolder for each class, or with a subfolder for each dataset, named after it; by default the cache, then a download"),
        Of(
            "ImageSize",
            ValueKinds.OrNull(ValueKinds.Count),
            o => o.ImageSize,
            (o, v) => o with { ImageSize = v },
            "height and width of the images that are made of the pictures in a folder"),
        Of(
            "Prepare",
            ValueKinds.Word([Auto, .. Preparations.All.Select(preparation => preparation.Name)]),
            o => o.Prepare,
            (o, v) => o with { Prepare = v },
            "how pictures are prepared, in training and in use: resize (by area), crop (the middle in the right aspect ratio), pad (all of it, with black beside) or mnist (light on dark, centred); auto is mnist for IDX files of one channel, otherwise resize"),
        Of(
            "Normalize",
            ValueKinds.Word(Normalization.Names),
            o => o.Normalize,
            (o, v) => o with { Normalize = v },
            "values of an image as the network takes them: unit (0 to 1) or standard (mean 0 and standard deviation 1 of each channel, over the training images)"),
        Of(
            "Transpose",
            ValueKinds.OrNull(ValueKinds.Boolean),
            o => o.Transpose,
            (o, v) => o with { Transpose = v },
            "whether images of IDX files are stored by column and turned when they are read; by default, those in files named emnist-…"),
        Of("Download", ValueKinds.Boolean, o => o.Download, (o, v) => o with { Download = v }, "whether a dataset that is not in the cache may be downloaded"),
        Of(
            "Mirror",
            ValueKinds.Address(IsAllowed, "it must be the https address of a folder, or an http address on this machine"),
            o => o.Mirror,
            (o, v) => o with { Mirror = v },
            "https folder to download from instead of the public mirrors, with a subfolder for each dataset"),
        Of("MaxBytes", ValueKinds.Bytes, o => o.MaxBytes, (o, v) => o with { MaxBytes = v }, "maximum size of a dataset file's data, in bytes"),
        Of(
            "Memory",
            ValueKinds.Auto(ValueKinds.Bytes),
            o => o.Memory,
            (o, v) => o with { Memory = v },
            "memory that the pictures of a folder may take, in bytes; if they take more, they are decoded ahead of each step instead, with the same result; auto is half of what the process may use"),
    ];

    /// <summary>
    /// One of <see cref="Names"/>. <c>auto</c> is MNIST, or the embedded sample if MNIST is not available; with a
    /// <see cref="Directory"/> it is whatever is there. Every other name means that dataset and nothing else.
    /// </summary>
    public string Dataset { get; init => field = Checked(value); } = Auto;

    /// <summary>
    /// A folder with the four IDX files of a dataset, each raw or <c>.gz</c>, or the archive of CIFAR-10; or with pictures in a subfolder for each class; or
    /// with a subfolder for each dataset, named after it. Null for the cache, then a download.
    /// </summary>
    public string? Directory { get; init => field = Checked(value); }

    /// <summary>Height and width of the images that are made of the pictures in a folder; null if all already have the same size.</summary>
    public int? ImageSize { get; init => field = Checked(value); }

    /// <summary>The name of a <see cref="Preparation"/>, or <c>auto</c>: <c>mnist</c> for IDX files of one channel, otherwise <c>resize</c>.</summary>
    public string Prepare { get; init => field = Checked(value); } = Auto;

    /// <summary>One of <see cref="Normalization.Names"/>: <c>unit</c>, or <c>standard</c> with means and deviations of the training images.</summary>
    public string Normalize { get; init => field = Checked(value); } = Normalization.Unit.Name;

    /// <summary>Whether images of IDX files are stored by column; null for those in files named <c>emnist-…</c>.</summary>
    public bool? Transpose { get; init => field = Checked(value); }

    /// <summary>The input of the network that the pictures in a folder are prepared for; null if there is none yet.</summary>
    public Shape? PictureShape { get; init; }

    /// <summary>Whether a dataset that is not in the cache may be downloaded.</summary>
    public bool Download { get; init; } = true;

    /// <summary>
    /// A web folder to download from instead of the public mirrors, with a subfolder for each dataset, named after it. https, or
    /// http on this machine.
    /// </summary>
    public Uri? Mirror { get; init => field = Checked(value); }

    /// <summary>Maximum number of data bytes that the header of a file may declare.</summary>
    public long MaxBytes { get; init => field = Checked(value); } = IdxFile.DefaultMaxBytes;

    /// <summary>Memory that the pictures of a folder may take, in bytes; beyond it they are decoded for each use. Null for half of what the process may use.</summary>
    public long? Memory { get; init => field = Checked(value); }

    /// <summary><see cref="Memory"/>, or its default.</summary>
    public long MemoryBytes => Memory ?? (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2);

    /// <summary>Where downloaded datasets are kept, one folder each; null for <see cref="DatasetCache.UserFolder"/>.</summary>
    public string? CacheDirectory { get; init; }

    /// <summary>Whether files may be fetched from a URL: over https, or over http from this machine.</summary>
    /// <param name="address">The URL.</param>
    public static bool IsAllowed(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.IsAbsoluteUri && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));
    }

    /// <inheritdoc/>
    protected override string Section => "Data";

    /// <inheritdoc/>
    protected override IReadOnlyList<Option> Declared => Options;

    private static Option Of<T>(
        string name, ValueKind<T> kind, Func<DatasetOptions, T> get, Func<DatasetOptions, T, DatasetOptions> set, string description) =>
        Option.Of(name, kind, get, set, description);
}
