using System.IO.Compression;
using ConvNN.Data.Files;
using ConvNN.Files;

namespace ConvNN.Data.Idx;

/// <summary>Strictly reads IDX files of unsigned bytes, the format of MNIST, raw or compressed with gzip.</summary>
/// <remarks>
/// LeCun, Cortes and Burges, "The MNIST database of handwritten digits"; RFC 1952 for gzip, which is recognised by its first
/// two bytes, not by the file name.
/// </remarks>
public static class IdxFile
{
    /// <summary>Default maximum of the data bytes that a header may declare: 2 GiB.</summary>
    public const long DefaultMaxBytes = 2L << 30;

    // Deflate's longest match, 258 bytes, takes at least two bits.
    private const long MaxExpansion = 258 * 8 / 2;

    /// <summary>Whether the images of a file are stored by column: those of EMNIST are, whose files are named <c>emnist-…</c>.</summary>
    /// <param name="path">The file.</param>
    public static bool IsStoredByColumn(string path) => Path.GetFileName(path).StartsWith("emnist-", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads the file at <paramref name="path"/>.</summary>
    /// <param name="path">A regular file, or a link to one.</param>
    /// <param name="content">What it must contain.</param>
    /// <param name="maxBytes">Maximum number of data bytes that its header may declare; memory is never allocated for more.</param>
    /// <exception cref="DatasetException">The file is missing, cannot be read, or is not a valid file of this kind.</exception>
    public static IdxArray Read(string path, IdxContent content, long maxBytes = DefaultMaxBytes) =>
        RegularFile.Read(path, (stream, name) => Read(stream, name, content, maxBytes), (message, cause) => new DatasetException(message, cause));

    /// <summary>Reads the file in <paramref name="stream"/>, from start to end.</summary>
    /// <param name="stream">The raw or compressed file; it must be seekable and stays open.</param>
    /// <param name="name">Its name in messages.</param>
    /// <param name="content">What it must contain.</param>
    /// <param name="maxBytes">Maximum number of data bytes that its header may declare; memory is never allocated for more.</param>
    /// <exception cref="DatasetException">It is not a valid file of this kind.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static IdxArray Read(Stream stream, string name, IdxContent content, long maxBytes = DefaultMaxBytes)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Span<byte> start = stackalloc byte[2];
        stream.Position = 0;
        int found = stream.ReadUpTo(start);
        stream.Position = 0;

        return found == start.Length && start is [0x1F, 0x8B]
            ? ReadGzip(stream, name, content, maxBytes)
            : ReadRaw(stream, name, content, maxBytes);
    }

    private static IdxArray ReadRaw(Stream stream, string name, IdxContent content, long maxBytes)
    {
        IdxHeader header = IdxHeader.Read(stream, name, content, maxBytes);
        long found = stream.Length - header.Length;

        if (found != header.DataLength)
        {
            throw header.Mismatch(name, $"{found:N0}");
        }

        byte[] data = GC.AllocateUninitializedArray<byte>(header.DataLength);
        stream.ReadExactly(data);
        return new IdxArray(name, data, header.Dimensions);
    }

    private static IdxArray ReadGzip(Stream stream, string name, IdxContent content, long maxBytes)
    {
        foreach (long length in MarkedGzip.Lengths(stream))
        {
            using GZipStream decoded = new(new MarkedGzip(stream, length), CompressionMode.Decompress);
            if (ReadMarked(decoded, stream.Length, name, content, maxBytes) is { } array)
            {
                return array;
            }
        }

        throw new DatasetException($"{name}: its gzip data are truncated or damaged at the end, or followed by other bytes; get the file again.");
    }

    /// <summary>Reads the array; null if the data end before the mark.</summary>
    private static IdxArray? ReadMarked(GZipStream decoded, long length, string name, IdxContent content, long maxBytes)
    {
        IdxHeader header = IdxHeader.Read(decoded, name, content, maxBytes);
        if (header.DataLength > length * MaxExpansion)
        {
            throw header.Mismatch(name, $"{length:N0} of gzip data, which cannot hold them");
        }

        byte[] data = GC.AllocateUninitializedArray<byte>(header.DataLength);
        if (decoded.ReadUpTo(data) < data.Length)
        {
            throw header.Mismatch(name, $"fewer, since its gzip data are cut short or damaged");
        }

        try
        {
            Span<byte> end = stackalloc byte[2];
            return decoded.ReadAtLeast(end, end.Length, throwOnEndOfStream: false) switch
            {
                0 => null,
                1 when end[0] == MarkedGzip.Mark => new IdxArray(name, data, header.Dimensions),
                _ => throw header.Mismatch(name, $"more"),
            };
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
