using System.Net.Http.Headers;
using ConvNN.Data.Cache;

namespace ConvNN.Data.Download;

/// <summary>
/// The part of a file that has arrived, kept as <c>name.part</c> for the next attempt. A second file records where it comes
/// from and the validator (<c>ETag</c> or <c>Last-Modified</c>) of the version that it belongs to.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    private const int MaxNoteLength = 4096;

    private readonly string _notePath;
    private readonly FileStream _stream;

    private PartialFile(string path, string notePath, long maxLength)
    {
        _notePath = notePath;
        _stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        if (_stream.Length > maxLength)
        {
            _stream.SetLength(0);
        }
    }

    /// <summary>Number of bytes that have arrived.</summary>
    public long Length => _stream.Length;

    /// <summary>Opens the part of the file at <paramref name="path"/>; empty if there is none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxLength">Maximum size of the file in bytes; a longer part is discarded.</param>
    /// <exception cref="CacheException">It cannot be written.</exception>
    public static PartialFile Open(string path, long maxLength) =>
        CacheException.Guard(path, () => new PartialFile(PartOf(path), NoteOf(path), maxLength));

    /// <summary>Whether a part of a file has arrived and can be resumed, since its version is known.</summary>
    public static bool IsThere(string path) => File.Exists(PartOf(path)) && ReadNote(NoteOf(path)).Length == 2;

    /// <summary>Whether the part of a file came from a URL.</summary>
    public static bool IsFrom(string path, Uri address) => ReadNote(NoteOf(path)) is [string from, ..] && from == address.AbsoluteUri;

    /// <summary>The condition for resuming this part from a URL; null if the download must start over.</summary>
    public RangeConditionHeaderValue? ConditionFor(Uri address) =>
        Length > 0 && ReadNote(_notePath) is [string from, string validator] && from == address.AbsoluteUri
        && RangeConditionHeaderValue.TryParse(validator, out RangeConditionHeaderValue? condition)
            ? condition
            : null;

    /// <summary>Starts over with a version of the file.</summary>
    /// <param name="address">Where it comes from.</param>
    /// <param name="validator">Identifies this version; null if there is none, and the part cannot be resumed.</param>
    /// <exception cref="CacheException">It cannot be written.</exception>
    public void Restart(Uri address, RangeConditionHeaderValue? validator) => CacheException.Guard(_stream.Name, () =>
    {
        // In this order: otherwise old bytes could be taken for a part of the new version.
        _stream.SetLength(0);
        File.WriteAllLines(_notePath, [address.AbsoluteUri, validator?.ToString() ?? ""]);
    });

    /// <summary>Discards what has arrived.</summary>
    /// <exception cref="CacheException">It cannot be written.</exception>
    public void Clear() => CacheException.Guard(_stream.Name, () => _stream.SetLength(0));

    /// <summary>Appends bytes that have arrived.</summary>
    /// <exception cref="CacheException">They cannot be written.</exception>
    public void Append(ReadOnlyMemory<byte> bytes) => CacheException.Guard(_stream.Name, () =>
    {
        _stream.Seek(0, SeekOrigin.End);
        _stream.Write(bytes.Span);
    });

    /// <summary>Reads the bytes that have arrived, from the start.</summary>
    public Stream Read()
    {
        _stream.Position = 0;
        return _stream;
    }

    /// <summary>Closes and removes the part, because it is complete or useless.</summary>
    /// <exception cref="CacheException">It cannot be removed.</exception>
    public void Discard() => CacheException.Guard(_stream.Name, () =>
    {
        _stream.Dispose();
        File.Delete(_notePath);
        File.Delete(_stream.Name);
    });

    /// <summary>Closes the part; it is kept for the next attempt unless nothing has arrived.</summary>
    public void Dispose()
    {
        if (_stream.CanSeek && _stream.Length == 0)
        {
            Discard();
        }

        _stream.Dispose();
    }

    private static string PartOf(string path) => path + ".part";

    private static string NoteOf(string path) => PartOf(path) + ".from";

    private static string[] ReadNote(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                return [];
            }

            using StreamReader reader = new(path);
            char[] text = new char[MaxNoteLength];
            return new string(text, 0, reader.ReadBlock(text)).Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];      // treated as missing
        }
    }
}
