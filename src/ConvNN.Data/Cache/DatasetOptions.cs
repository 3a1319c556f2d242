using ConvNN.Data.Catalog;
using ConvNN.Data.Idx;

namespace ConvNN.Data.Cache;

/// <summary>Which dataset is wanted, and where it may come from.</summary>
public record DatasetOptions
{
    /// <summary>
    /// One of <see cref="DatasetCatalog.Names"/>. <c>auto</c> is MNIST, or the embedded sample where MNIST cannot be had;
    /// with a <see cref="Directory"/> it is whatever lies there. Every other name is that dataset and nothing else.
    /// </summary>
    public string Dataset { get; init; } = DatasetCatalog.Auto;

    /// <summary>A folder with the four IDX files of a dataset, each raw or with <c>.gz</c>, or with PNG files, a folder for each class, or with a folder for each dataset, called by its name; null for the cache, then a download.</summary>
    public string? Directory { get; init; }

    /// <summary>Height and width that the pictures of a folder of PNG files are resized to; null for pictures that are all of one size.</summary>
    public int? ImageSize { get; init; }

    /// <summary>Whether a dataset that is not in the cache may be downloaded.</summary>
    public bool Download { get; init; } = true;

    /// <summary>
    /// A folder of the web that is asked instead of the public mirrors; the files of a dataset lie in a folder of its
    /// name in it. https, or http on this machine.
    /// </summary>
    public Uri? Mirror { get; init; }

    /// <summary>Most data bytes that the header of a file may promise.</summary>
    public long MaxBytes { get; init; } = IdxFile.DefaultMaxBytes;

    /// <summary>Where downloaded datasets are kept, a folder each; null for <see cref="DatasetCache.UserFolder"/>.</summary>
    public string? CacheDirectory { get; init; }

    /// <summary>Whether files may be fetched from an address: over https, or over http from this machine.</summary>
    /// <param name="address">The address.</param>
    public static bool IsAllowed(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.IsAbsoluteUri && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));
    }
}
