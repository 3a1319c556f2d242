using System.IO.Compression;

namespace ConvNN.Data.Files;

/// <summary>
/// A gzip file of one or more members (RFC 1952) with one more behind them: it decodes to <see cref="Mark"/>, and only if all members
/// before it are complete. The framework's decoder alone does not notice a file that ends before its trailer, or goes on behind it.
/// </summary>
/// <param name="file">The file; read from its start, and it stays open.</param>
/// <param name="length">The length of the file without what fills it up; see <see cref="Lengths"/>.</param>
internal sealed class MarkedGzip(Stream file, long length) : Stream
{
    /// <summary>What the last member decodes to.</summary>
    public const byte Mark = 42;

    // A size and a checksum of 0, as an empty member has them, and what the data before them may end in.
    private const int MaxZerosOfMember = 16;

    private static readonly byte[] MarkMember = Compressed([Mark]);

    private long _position;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => length + MarkMember.Length;

    /// <inheritdoc/>
    public override long Position { get => _position; set => throw new NotSupportedException(); }

    /// <summary>
    /// Where the last member may end, likeliest first: at the end of the file, or before zeros that fill it up, as on tapes; the member
    /// itself may end in zeros.
    /// </summary>
    public static IEnumerable<long> Lengths(Stream file)
    {
        yield return file.Length;
        long filled = file.Length;
        do
        {
            file.Position = --filled;
        }
        while (file.ReadByte() == 0 && filled > 0);

        for (long end = filled + 1; end < Math.Min(file.Length, filled + 1 + MaxZerosOfMember); end++)
        {
            yield return end;
        }
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        int read;
        if (_position < length)
        {
            file.Position = _position;
            read = file.Read(buffer[..(int)Math.Min(buffer.Length, length - _position)]);
        }
        else
        {
            ReadOnlySpan<byte> rest = MarkMember.AsSpan((int)(_position - length));
            read = Math.Min(buffer.Length, rest.Length);
            rest[..read].CopyTo(buffer);
        }

        _position += read;
        return read;
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private static byte[] Compressed(ReadOnlySpan<byte> bytes)
    {
        MemoryStream target = new();
        using (GZipStream gzip = new(target, CompressionLevel.NoCompression))
        {
            gzip.Write(bytes);
        }

        return target.ToArray();
    }
}
