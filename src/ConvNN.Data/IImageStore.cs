using ConvNN.Model;

namespace ConvNN.Data;

/// <summary>Where the images of a part of a dataset are: in memory, or in files that are decoded each time an image is read.</summary>
internal interface IImageStore
{
    /// <summary>Where the images come from, for messages.</summary>
    string Source { get; }

    /// <summary>The shape of an image.</summary>
    Shape Shape { get; }

    /// <summary>The number of images.</summary>
    int Count { get; }

    /// <summary>Whether reading an image costs nothing.</summary>
    bool IsInMemory { get; }

    /// <summary>SHA-256 of all images as an IDX file, header included, in lower-case hexadecimal.</summary>
    string Sha256 { get; }

    /// <summary>The values of one image [C, H, W], 0 to 255. Any number of threads may read.</summary>
    /// <param name="place">Its place, from 0.</param>
    /// <exception cref="Files.DatasetException">Its file cannot be read, or is not what it was.</exception>
    ReadOnlySpan<byte> Read(int place);
}
