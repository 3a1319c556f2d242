using System.IO.Compression;
using ConvNN.Data.Cache;
using ConvNN.Files;

namespace ConvNN.Data.Download;

/// <summary>Decodes what has arrived, and moves it into place if its bytes are the published ones.</summary>
internal static class DecodedFile
{
    private const int BufferSize = 64 * 1024;

    /// <summary>Writes the decoded file to <paramref name="path"/> atomically.</summary>
    /// <param name="gzip">What has arrived.</param>
    /// <param name="path">Where the decoded file goes.</param>
    /// <param name="expected">What it must be.</param>
    /// <exception cref="MirrorException">It is a different file.</exception>
    /// <exception cref="CacheException">It cannot be written.</exception>
    public static void Write(Stream gzip, string path, PublishedFile expected) =>
        CacheException.Guard(path, () => AtomicFile.Write(path, output => Decode(gzip, output, expected)));

    private static void Decode(Stream gzip, Stream output, PublishedFile expected)
    {
        Sha256Hash hash = new();
        byte[] buffer = new byte[BufferSize];
        long length = 0;
        int count;
        using GZipStream decoded = new(gzip, CompressionMode.Decompress, leaveOpen: true);

        // Stops a decompression bomb: reads at most one byte more than the file has.
        while ((count = ReadDecoded(gzip, decoded, buffer.AsSpan(0, (int)Math.Min(BufferSize, expected.Length + 1 - length)))) > 0)
        {
            length += count;
            hash.Append(buffer.AsSpan(0, count));
            output.Write(buffer, 0, count);
        }

        string found = hash.Hex();
        if (found != expected.Sha256)
        {
            throw new MirrorException($"sent different data: SHA-256 of the decoded file is {found}, expected {expected.Sha256}");
        }
    }

    private static int ReadDecoded(Stream gzip, GZipStream decoded, Span<byte> buffer)
    {
        try
        {
            return decoded.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            gzip.Position = 0;
            string kind = gzip.ReadByte() == '<' ? "a web page" : "something that is not a gzip file, or is damaged";
            throw new MirrorException($"sent {kind}", e);
        }
    }
}
