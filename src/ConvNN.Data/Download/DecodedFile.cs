using System.IO.Compression;
using ConvNN.Data.Cache;
using ConvNN.Files;

namespace ConvNN.Data.Download;

/// <summary>Decodes what has arrived, if it is compressed, and moves it into place if its bytes are the published ones.</summary>
internal static class DecodedFile
{
    private const int BufferSize = 64 * 1024;

    /// <summary>Writes the decoded file to <paramref name="path"/> atomically.</summary>
    /// <param name="arrived">What has arrived.</param>
    /// <param name="path">Where the decoded file goes.</param>
    /// <param name="expected">What it must be.</param>
    /// <exception cref="MirrorException">It is a different file.</exception>
    /// <exception cref="CacheException">It cannot be written.</exception>
    public static void Write(Stream arrived, string path, PublishedFile expected) =>
        CacheException.Guard(path, () => AtomicFile.Write(path, output => Decode(arrived, output, expected)));

    private static void Decode(Stream arrived, Stream output, PublishedFile expected)
    {
        Sha256Hash hash = new();
        byte[] buffer = new byte[BufferSize];
        long length = 0;
        int count;
        using Stream? gzip = expected.IsCompressed ? new GZipStream(arrived, CompressionMode.Decompress, leaveOpen: true) : null;
        Stream decoded = gzip ?? arrived;

        // Stops a decompression bomb: reads at most one byte more than the file has.
        while ((count = ReadDecoded(arrived, decoded, buffer.AsSpan(0, (int)Math.Min(BufferSize, expected.Length + 1 - length)))) > 0)
        {
            length += count;
            hash.Append(buffer.AsSpan(0, count));
            output.Write(buffer, 0, count);
        }

        string found = hash.Hex();
        if (found != expected.Sha256)
        {
            throw IsPage(arrived) ? Page() : new MirrorException($"sent different data: SHA-256 of the {(expected.IsCompressed ? "decoded " : "")}file is {found}, expected {expected.Sha256}");
        }
    }

    private static int ReadDecoded(Stream arrived, Stream decoded, Span<byte> buffer)
    {
        try
        {
            return decoded.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw IsPage(arrived) ? Page(e) : new MirrorException("sent something that is not a gzip file, or is damaged", e);
        }
    }

    private static bool IsPage(Stream arrived)
    {
        arrived.Position = 0;
        return arrived.ReadByte() == '<';
    }

    private static MirrorException Page(Exception? cause = null) => new("sent a web page", cause);
}
