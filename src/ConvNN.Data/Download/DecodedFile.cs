using System.IO.Compression;
using System.Security.Cryptography;
using ConvNN.Data.Cache;

namespace ConvNN.Data.Download;

/// <summary>Decodes what has arrived, and moves it into place if its bytes are the published ones.</summary>
internal static class DecodedFile
{
    private const int BufferSize = 64 * 1024;
    private const string Temporary = ".tmp";

    /// <summary>
    /// Writes the decoded file to <paramref name="path"/> atomically: to a temporary file, flushed to disk, then renamed.
    /// </summary>
    /// <param name="gzip">What has arrived.</param>
    /// <param name="path">Where the decoded file goes.</param>
    /// <param name="expected">What it must be.</param>
    /// <exception cref="MirrorException">It is a different file.</exception>
    /// <exception cref="CacheException">It cannot be written.</exception>
    public static void Write(Stream gzip, string path, PublishedFile expected)
    {
        string temporary = $"{path}.{Guid.NewGuid():N}{Temporary}";
        try
        {
            using (FileStream output = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferSize))
            {
                Decode(gzip, output, expected);
                output.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CacheException.Unwritable(path, e);
        }
        finally
        {
            RemoveIfThere(temporary);
        }
    }

    /// <summary>Removes files left by a killed process; call it only while holding the folder's lock.</summary>
    public static void RemoveStray(string folder)
    {
        foreach (string stray in Directory.EnumerateFiles(folder, "*" + Temporary))
        {
            File.Delete(stray);
        }
    }

    private static void RemoveIfThere(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The folder is gone or no longer writable, which another exception reports.
        }
    }

    private static void Decode(Stream gzip, Stream output, PublishedFile expected)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[BufferSize];
        long length = 0;
        int count;
        using GZipStream decoded = new(gzip, CompressionMode.Decompress, leaveOpen: true);

        // Stops a decompression bomb: reads at most one byte more than the file has.
        while ((count = ReadDecoded(gzip, decoded, buffer.AsSpan(0, (int)Math.Min(BufferSize, expected.Length + 1 - length)))) > 0)
        {
            length += count;
            hash.AppendData(buffer, 0, count);
            output.Write(buffer, 0, count);
        }

        string found = Convert.ToHexStringLower(hash.GetHashAndReset());
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
