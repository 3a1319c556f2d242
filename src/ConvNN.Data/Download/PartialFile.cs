using System.Net.Http.Headers;

namespace ConvNN.Data.Download;

/// <summary>
/// The part of a file that has arrived, kept as <c>name.part</c> for the next attempt. A second file notes where it comes
/// from and the validator (<c>ETag</c> or <c>Last-Modified</c>) of the version that it is a part of.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    private readonly string _notePath;
    private readonly FileStream _stream;

    private PartialFile(string path, string notePath)
    {
        _notePath = notePath;
        _stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
    }

    /// <summary>Bytes that have arrived.</summary>
    public long Length => _stream.Length;

    /// <summary>Opens the part of the file at <paramref name="path"/>, empty if there is none.</summary>
    /// <exception cref="CacheException">It cannot be written.</exception>
    public static PartialFile Open(string path) => CacheException.Guard(path, () => new PartialFile(PartOf(path), NoteOf(path)));

    /// <summary>Whether the part of a file has come from an address.</summary>
    public static bool IsFrom(string path, Uri address) => ReadNote(NoteOf(path)) is [string from, ..] && from == address.AbsoluteUri;

    /// <summary>The condition under which an address may go on with this part; null if it has to start over.</summary>
    public RangeConditionHeaderValue? ConditionFor(Uri address) =>
        Length > 0 && ReadNote(_notePath) is [string from, string validator] && from == address.AbsoluteUri
        && RangeConditionHeaderValue.TryParse(validator, out RangeConditionHeaderValue? condition)
            ? condition
            : null;

    /// <summary>Starts over with a version of the file.</summary>
    /// <param name="address">Where it comes from.</param>
    /// <param name="validator">What tells this version from others; null if nothing does, so that it cannot be gone on with.</param>
    /// <exception cref="CacheException">It cannot be written.</exception>
    public void Restart(Uri address, RangeConditionHeaderValue? validator) => CacheException.Guard(_stream.Name, () =>
    {
        // In this order: bytes that another version's note stood beside would be taken for a part of it.
        _stream.SetLength(0);
        File.WriteAllLines(_notePath, [address.AbsoluteUri, validator?.ToString() ?? ""]);
    });

    /// <summary>Appends bytes that have arrived.</summary>
    /// <exception cref="CacheException">They cannot be written.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _stream.Seek(0, SeekOrigin.End);
            _stream.Write(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CacheException.Unwritable(_stream.Name, e);
        }
    }

    /// <summary>The bytes that have arrived, from the first on.</summary>
    public Stream Read()
    {
        _stream.Position = 0;
        return _stream;
    }

    /// <summary>Closes and removes the part, which is whole or worth nothing.</summary>
    /// <exception cref="CacheException">It cannot be removed.</exception>
    public void Discard() => CacheException.Guard(_stream.Name, () =>
    {
        _stream.Dispose();
        File.Delete(_notePath);
        File.Delete(_stream.Name);
    });

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static string PartOf(string path) => path + ".part";

    private static string NoteOf(string path) => PartOf(path) + ".from";

    private static string[] ReadNote(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];      // as good as none
        }
    }
}
