using System.Formats.Tar;
using System.IO.Compression;
using ConvNN.Files;

namespace ConvNN.Data.Files;

/// <summary>Reads some files of a <c>.tar.gz</c> archive into memory. Nothing is unpacked, so a name in it leads nowhere.</summary>
internal static class TarGzip
{
    /// <summary>The contents of some files.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="names">The names of the files in the archive, exactly. Whatever else it has is skipped.</param>
    /// <param name="maxLength">Maximum size of one of the files in bytes.</param>
    /// <param name="cancellationToken">Cancels between files.</param>
    /// <exception cref="DatasetException">It cannot be read, is damaged, or lacks a file.</exception>
    public static byte[][] Read(string path, IReadOnlyList<string> names, int maxLength, CancellationToken cancellationToken) =>
        RegularFile.Read(path, (stream, _) => Read(stream, path, names, maxLength, cancellationToken), (message, cause) => new DatasetException(message, cause));

    private static byte[][] Read(Stream stream, string path, IReadOnlyList<string> names, int maxLength, CancellationToken cancellationToken)
    {
        Dictionary<string, byte[]> found = [];
        try
        {
            using TarReader archive = new(new GZipStream(stream, CompressionMode.Decompress));
            while (found.Count < names.Count && archive.GetNextEntry() is { } entry)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (names.Contains(entry.Name) && entry.DataStream is { } data)
                {
                    found[entry.Name] = entry.Length <= maxLength ? Content(data) : throw new DatasetException(
                        FormattableString.Invariant($"{path}: {entry.Name} in it has {entry.Length:N0} bytes, expected at most {maxLength:N0}; get the file again."));
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or EndOfStreamException)
        {
            throw new DatasetException($"{path}: is cut short, damaged or not a .tar.gz archive; get the file again.", e);
        }

        return names.FirstOrDefault(name => !found.ContainsKey(name)) is { } missing
            ? throw new DatasetException($"{path}: has no {missing} in it; get the file again.")
            : [.. names.Select(name => found[name])];
    }

    private static byte[] Content(Stream data)
    {
        byte[] content = new byte[data.Length];
        data.ReadExactly(content);
        return content;
    }
}
